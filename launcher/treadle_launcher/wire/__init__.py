"""Protobuf to the launcher's own types and back, one module a proto file; no logic."""

"""The code server's own types to protobuf and back, one module a proto file; no logic."""

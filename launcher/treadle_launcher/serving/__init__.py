"""Serving: the launcher's process, its gRPC service, and what its calls do."""

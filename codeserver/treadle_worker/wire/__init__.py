"""The host protocol as proto3-JSON, written by hand: hosts have no protobuf.

Exactly what `google.protobuf.json_format` writes and reads for worker.proto: camelCase names,
int64 as text, enumerations by full name, defaults left out, unknown fields passed over.
"""

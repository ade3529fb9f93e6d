"""The contract's messages as this package's own types, and back: the only place for protobuf beside the RPCs."""

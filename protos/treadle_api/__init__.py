"""The contract between Treadle's processes: protobuf files and the code generated from them."""

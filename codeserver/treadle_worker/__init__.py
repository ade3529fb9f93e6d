"""The processes that hold user code: loader, host and step. Standard library and treadle only."""

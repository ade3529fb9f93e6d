"""How fast Treadle is, beside what the machine needs at least and beside a peer: `make bench`."""

"""What the code server answers, made of its own types: the contract's values, and streams of them."""

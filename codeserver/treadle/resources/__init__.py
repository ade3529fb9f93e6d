"""Resources that are made where a step runs: with config, set-up and tear-down."""

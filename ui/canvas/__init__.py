"""The data column: what goes into the network, and what it answers."""

"""Direct manipulation of the network: one class a gesture, begun and ended by the hand."""

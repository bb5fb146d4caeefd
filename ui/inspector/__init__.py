"""The right-hand column: what this step does, and what the selection is and may become."""

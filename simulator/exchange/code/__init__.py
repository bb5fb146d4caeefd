"""Projects as scripts that train the same network to the same numbers."""

"""Help without a network: the pages that ship with Backlit, and the report of a problem."""

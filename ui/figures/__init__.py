"""Pictures of the network and of every panel, for slides and paper."""

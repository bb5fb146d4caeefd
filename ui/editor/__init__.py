"""The network view: drawn at every size, pointed at, and edited by hand."""

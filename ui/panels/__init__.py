"""The panels: one file each, listed in :mod:`ui.panels.registry`."""

"""Files in the window: open, save, autosave, recover, and everything a disk may do meanwhile."""

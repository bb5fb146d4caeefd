"""The Formula card: equations typeset, numbers that can be asked in turn."""

"""What can go wrong while work is saved, read and shown, done for real and counted."""

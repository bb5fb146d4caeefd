"""The record of a run: checkpoints and replay."""

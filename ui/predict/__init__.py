"""Predict first, calculating by hand, and worksheets."""

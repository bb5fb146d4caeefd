"""Benchmarks: run by hand with ``make bench``; nothing here is part of the tests."""

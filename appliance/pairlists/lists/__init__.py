"""Pair lists: one file each, named in `registry.py`."""

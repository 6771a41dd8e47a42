"""Cached answers, encoded, until their content changes."""

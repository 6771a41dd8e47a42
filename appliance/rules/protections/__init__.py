"""Decide, after a trade has closed, what is left alone for a while. Pure: closed trades in, locks out."""

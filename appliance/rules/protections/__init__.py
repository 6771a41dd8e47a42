"""Decide which pairs to lock after a trade has closed. Pure: closed trades in, locks out."""

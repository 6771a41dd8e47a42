"""Closed trades in numbers: many of them in little memory."""

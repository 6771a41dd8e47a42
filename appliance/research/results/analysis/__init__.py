"""Analyse the candles of signals that a result has: what trades have in common with their indicators."""

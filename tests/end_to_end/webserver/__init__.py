"""Webserver mode as a process of its own: its end, FreqUI, and the real one beside it."""

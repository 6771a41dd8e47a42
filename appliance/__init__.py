"""A trading bot in one file, for configurations and strategies written for freqtrade."""

__version__ = "2026.11"

"""Offer the format in which log lines are written."""

LOGFORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"

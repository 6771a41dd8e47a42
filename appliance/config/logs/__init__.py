"""The log: handlers, formats and masking."""

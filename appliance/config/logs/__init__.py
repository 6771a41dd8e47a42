"""The log: who writes it where, and in what form."""

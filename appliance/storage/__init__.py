"""The trades database and the order journal: the only floor that knows SQL."""

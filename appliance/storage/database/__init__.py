"""The database file: one bot at a time, its schema, its connections."""

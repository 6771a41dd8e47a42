"""Commands that read and write the database of a bot."""

"""Wire the parts of the bot: each receives only the objects that it needs."""

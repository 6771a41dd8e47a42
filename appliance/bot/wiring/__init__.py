"""Wire the parts of the bot: each is given the objects that it works with, and no others."""

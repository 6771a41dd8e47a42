"""Recording what the bot decides, in bounded memory."""

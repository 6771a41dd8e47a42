"""What panels of pages show, gathered from the bot's memory."""

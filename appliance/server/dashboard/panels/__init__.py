"""What the panels of the overview show, gathered from the bot's memory."""

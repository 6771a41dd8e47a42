"""Run the strategy: its thread, its callbacks, its candles, what it asks of the bot."""

"""Run the strategy: its callbacks, its candles, and the data it requests from the bot."""

"""What the bot decided about a pair, and why: kinds of steps, records of candles, sentences."""

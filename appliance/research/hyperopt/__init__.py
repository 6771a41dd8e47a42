"""Search the parameters of a strategy: those that a loss function prefers, on past candles."""

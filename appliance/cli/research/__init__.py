"""Commands that test strategies on past candles."""

"""Commands about stored candles and public trades."""

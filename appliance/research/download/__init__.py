"""Download candles and public trades, in a way that can be stopped at any moment and gone on with later."""

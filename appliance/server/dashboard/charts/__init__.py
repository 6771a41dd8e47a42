"""Charts of candles: of a pair, live, with indicators that are chosen and saved; and of one trade."""

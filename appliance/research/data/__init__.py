"""Candles and public trades on disk, in freqtrade's layout and formats."""

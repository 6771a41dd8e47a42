"""Other bots, this program's and freqtrade's: which are known, and how they stand."""

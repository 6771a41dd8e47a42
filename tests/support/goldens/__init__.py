"""What freqtrade traded on candles that can be made again, and what is needed to backtest the same here."""

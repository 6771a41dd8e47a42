"""The trading loop: one cycle after another, from candles to orders."""

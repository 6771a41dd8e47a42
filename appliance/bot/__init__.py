"""The loop: one cycle after the other, from candles to orders."""

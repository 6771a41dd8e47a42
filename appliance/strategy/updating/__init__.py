"""Rewrite strategies of freqtrade's interface 2 for interface 3, without running them."""

"""The exchange `replayed`: from candle files to a market that a bot trades on, and what its end means."""

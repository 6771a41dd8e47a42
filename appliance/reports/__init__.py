"""Compute reports (profit, daily, performance, balance) from trades, by pure functions."""

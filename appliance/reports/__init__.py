"""Profit, daily, performance, balance: pure functions from trades to typed results."""

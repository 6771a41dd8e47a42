"""Concurrency: mutexes, the strategy's thread, growing pauses between attempts."""

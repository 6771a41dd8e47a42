"""What lets many things go on at once: mutexes, the thread of the strategy, pauses between attempts."""

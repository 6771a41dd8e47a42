"""Match the names of pairs against patterns, in a bounded time."""

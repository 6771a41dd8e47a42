"""The decisions of a cycle: entries, exits, stops, position adjustment."""

"""Orders, from the request to the fill and its consequences."""

"""An order from its request to its fill, and what follows from a fill."""

"""The interface that strategies are written against, and loading of strategy files."""

"""Bring books and exchange together: at the start, after lost answers, after what people did elsewhere."""

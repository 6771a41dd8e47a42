"""Find strategy files, run them, and settle what their settings are."""

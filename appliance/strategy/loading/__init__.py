"""Find strategy files, run them, and resolve their settings."""

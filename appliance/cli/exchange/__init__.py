"""Commands that show what exchanges offer."""

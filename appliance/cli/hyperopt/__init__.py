"""Commands that search parameters, and show what searches have found."""

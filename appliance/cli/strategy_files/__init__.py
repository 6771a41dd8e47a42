"""Commands that list, write and update strategies and what goes with them."""

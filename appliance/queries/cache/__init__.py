"""Answers kept encoded until what they tell changes."""

"""Consume the messages of other bots."""

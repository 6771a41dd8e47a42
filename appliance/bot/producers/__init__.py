"""Listen to other bots."""

"""Pictures of the dashboard of a bot that has traded for a month: `make screenshots`."""

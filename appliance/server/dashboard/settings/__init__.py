"""The pages of settings: configuration, its files, parameters, tokens, notifications, backups."""

"""What the pages of settings show and command: configuration, tokens, notifications, backups."""

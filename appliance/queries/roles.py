"""State what a client may do: read, operate the bot, or administer it."""

from enum import IntEnum


class Role(IntEnum):
    """Each role may do what those before it may."""

    VIEWER = 1
    """Reads everything except the audit log; commands nothing."""
    OPERATOR = 2
    """Starts and stops the bot, enters and exits trades, sets locks, edits the blacklist."""
    ADMIN = 3
    """Deletes trades, reads the audit log, reloads the configuration (and with it, who may log in)."""

    @property
    def word(self) -> str:
        return self.name.lower()

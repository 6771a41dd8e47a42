"""Parse commands: "/status@my_bot table" is the command status with one word."""

from typing import NamedTuple


class ParsedCommand(NamedTuple):
    """Hold a command without its slash, in lower case, and the words behind it."""

    command: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as it is typed."""
        return " ".join((f"/{self.command}", *self.words))


def parse_command(text: str, bot_name: str) -> ParsedCommand | None:
    """Return the command in a text; None if there is none, or it is for another bot of the chat."""
    words = text.split()
    if not words or not words[0].startswith("/") or len(words[0]) == 1:
        return None
    command, _, meant = words[0][1:].partition("@")
    if meant and meant.lower() != bot_name.lower():
        return None
    return ParsedCommand(command.lower(), tuple(words[1:]))

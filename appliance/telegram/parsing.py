"""Take a command apart: "/status@my_bot table" is the command status with one word."""

from typing import NamedTuple


class Spoken(NamedTuple):
    command: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as one writes it."""
        return " ".join((f"/{self.command}", *self.words))


def spoken(text: str, bot_name: str) -> Spoken | None:
    """Return the command in a text; None where there is none, or it is meant for another bot of the chat."""
    words = text.split()
    if not words or not words[0].startswith("/") or len(words[0]) == 1:
        return None
    command, _, meant = words[0][1:].partition("@")
    if meant and meant.lower() != bot_name.lower():
        return None
    return Spoken(command.lower(), tuple(words[1:]))

"""Define what authentication asks of the codes that may follow a password (`server/logins/`)."""

from typing import Protocol


class Codes(Protocol):
    """Say whether the API asks for a code beside the password, and take one."""

    @property
    def asks_programs(self) -> bool: ...

    @property
    def sessions_since(self) -> int: ...

    async def take_code(self, text: str, now: float) -> str | None: ...

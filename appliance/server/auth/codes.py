"""Define what authentication asks of the codes that may follow a password (`server/logins/`)."""

from typing import Final, Protocol

CODE_DIGITS: Final = 6
NEEDS_CODE: Final = (
    "A password alone is not enough here: log in at /token/login with the code of your app right behind the "
    "password, or use an API token"
)


class Codes(Protocol):
    """Say whether the API asks for a code beside the password, and take one."""

    @property
    def asks_programs(self) -> bool: ...

    @property
    def sessions_since(self) -> int: ...

    async def take_code(self, text: str, now: float) -> str | None: ...

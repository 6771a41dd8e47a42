"""Keep the addresses and logins of other bots, in a file that only its owner can read.

They stay on the server: no page and no answer contains a login.
"""

import secrets
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta, Struct

from appliance.config.userdir import write_private
from appliance.domain.errors import ConfigurationError, NotFound, Refused

FILE: Final = "bots.json"
"""The file, within the user data folder."""
MOST: Final = 50
_Text = Annotated[str, Meta(max_length=512)]


class OtherBot(Struct, frozen=True, kw_only=True):
    """Name a bot, its address, and the login there: user and password, or an API token without a user."""

    id: str
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    url: _Text
    username: _Text = ""
    secret: _Text = ""


class BotBook:
    """Hold the known bots, in the order in which they were added. Reading and writing block."""

    def __init__(self, user_data: Path) -> None:
        self.file = user_data / FILE

    def read(self) -> list[OtherBot]:
        """Return the known bots. Raises ConfigurationError if the file cannot be read."""
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=list[OtherBot])
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ConfigurationError(f"{self.file}: cannot be read: {error.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{self.file}: {error}; correct it, or remove it and add the bots anew"
            ) from None

    def add(self, name: str, url: str, username: str, secret: str) -> OtherBot:
        """Add a bot. Raises Refused for an invalid address or a name that is taken."""
        bots = self.read()
        if len(bots) >= MOST:
            raise Refused(f"{MOST} bots are the most; remove one first")
        if any(bot.name == name for bot in bots):
            raise Refused(f"there is a bot named '{name}' already; choose another name")
        added = OtherBot(
            id=secrets.token_hex(6), name=name, url=api_address(url), username=username, secret=secret
        )
        self._write([*bots, added])
        return added

    def remove(self, bot_id: str) -> OtherBot:
        """Remove a bot. Raises NotFound."""
        bots = self.read()
        found = next((bot for bot in bots if bot.id == bot_id), None)
        if found is None:
            raise NotFound("There is no such bot; it may have been removed meanwhile")
        self._write([bot for bot in bots if bot is not found])
        return found

    def _write(self, bots: list[OtherBot]) -> None:
        write_private(self.file, msgspec.json.format(msgspec.json.encode(bots)), overwrite=True)


def api_address(text: str) -> str:
    """Return the address of a bot without what belongs to the API or a login. Raises Refused."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(
            "enter the address of the other bot, as http://10.0.0.2:8080 or https://bot.example.org"
        )
    if parts.username is not None or parts.password is not None:
        raise Refused("enter user and password in their own fields, not in the address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port is None else f"{host}:{port}"
    path = parts.path.rstrip("/").removesuffix("/api/v1").removesuffix("/api")
    return urlunsplit((parts.scheme, place, path.rstrip("/"), "", ""))

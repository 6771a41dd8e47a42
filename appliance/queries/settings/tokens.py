"""List API tokens, and create and revoke them in the configuration file: without hashes and tokens."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from msgspec import Struct

from appliance.config.api_tokens import new_token
from appliance.config.editing.saved_files import why_read_only
from appliance.config.editing.token_list import (
    TOKENS,
    file_of_tokens,
    token_setting,
    with_token,
    without_token,
)
from appliance.config.loading import LoadedSettings
from appliance.config.sections.server import RoleName
from appliance.domain.errors import BadRequest, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.queries.settings.files import edit
from appliance.threads import for_readers

ROLES: tuple[str, ...] = get_args(RoleName)
LONGEST_DAYS = 36_500


class TokenRow(Struct, frozen=True, kw_only=True):
    """Show a token; `place` is where it is set."""

    name: str
    role: str
    expires: datetime | None
    has_expired: bool
    place: str


class TokensView(Struct, frozen=True, kw_only=True):
    """Hold all tokens, and why they cannot be changed here; "" if they can."""

    tokens: list[TokenRow]
    roles: tuple[str, ...]
    file: str
    read_only: str


class NewToken(Struct, frozen=True):
    """Hold a token that was created: shown once. `backup` is the file before."""

    name: str
    secret: str
    backup: str

    def __repr__(self) -> str:
        return f"NewToken({self.name!r})"


async def tokens(slot: BotSlot) -> TokensView:
    """Return the API tokens of the configuration."""
    return await for_readers(_view, slot.loaded)


async def create_token(slot: BotSlot, name: str, role: str, days: str) -> NewToken:
    """Create a token, and write its hash into the file. Raises BadRequest, Refused, ConfigurationError."""
    if role not in ROLES:
        raise BadRequest(f"Expected one of {', '.join(ROLES)} as role")
    if days and not (days.isascii() and days.isdecimal() and 1 <= int(days[:6]) <= LONGEST_DAYS):
        raise BadRequest(f"Expected 1 to {LONGEST_DAYS} days, or nothing")
    secret = new_token()
    setting = token_setting(slot.loaded, secret, name.strip(), role, int(days[:6]) if days else None)
    backup = await edit(slot, _file(slot.loaded), lambda text: with_token(text, setting))
    return NewToken(name.strip(), secret, backup)


async def revoke_token(slot: BotSlot, name: str) -> str:
    """Remove a token from the file; return the name of the backup. Raises Refused, ConfigurationError."""
    if all(known.name != name for known in slot.loaded.settings.api_server.tokens):
        raise Refused("There is no such token")
    return await edit(slot, _file(slot.loaded), lambda text: without_token(text, name))


def _file(loaded: LoadedSettings) -> Path:
    file = file_of_tokens(loaded)
    if file is None:
        place = loaded.gathered.place(TOKENS)
        raise Refused(f"{place}: the tokens are not in a file that can be edited: change them there")
    return file


def _view(loaded: LoadedSettings) -> TokensView:
    file, now = file_of_tokens(loaded), datetime.now(UTC)
    rows = [
        TokenRow(
            name=token.name,
            role=token.role,
            expires=token.expires,
            has_expired=token.expires is not None and token.expires <= now,
            place=loaded.gathered.place((*TOKENS, index)),
        )
        for index, token in enumerate(loaded.settings.api_server.tokens)
    ]
    read_only = why_read_only(file) if file else "they are not set in a file"
    return TokensView(tokens=rows, roles=ROLES, file=str(file or ""), read_only=read_only)

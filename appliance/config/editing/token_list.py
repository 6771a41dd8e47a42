"""Add API tokens to the list of a configuration file, and remove them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.config.api_tokens import hash_of
from appliance.config.loading import LoadedSettings
from appliance.config.sources.editing import list_at, with_item, without_item
from appliance.domain.errors import ConfigurationError

TOKENS = ("api_server", "tokens")
LONGEST_NAME = 64


def token_setting(
    loaded: LoadedSettings, secret: str, name: str, role: str, days: int | None
) -> dict[str, str]:
    """Return the setting for a new token, valid for so many days. Raises ConfigurationError for its name."""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ConfigurationError(f"NAME: expected 1 to {LONGEST_NAME} characters, found {len(name)}")
    if any(known.name == name for known in loaded.settings.api_server.tokens):
        raise ConfigurationError(f'there is already a token "{name}": revoke it, or choose another name')
    setting = {"name": name, "hash": hash_of(secret), "role": role}
    if days:
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        setting["expires"] = expires.isoformat().replace("+00:00", "Z")
    return setting


def file_of_tokens(loaded: LoadedSettings) -> Path | None:
    """Return the file that sets the tokens, or else their section; None if no file does."""
    places = loaded.gathered.places
    named = next((places[TOKENS[:length]] for length in (2, 1) if TOKENS[:length] in places), None)
    if named is None:
        return loaded.files[0] if loaded.files else None
    return next((file for file in loaded.files if str(file) == named.name), None)


def with_token(text: str, setting: dict[str, str]) -> str:
    """Return the text of the file with one more token. Raises CannotEdit."""
    return with_item(text, TOKENS, json.loads(json.dumps(setting)))


def without_token(text: str, name: str) -> str:
    """Return the text of the file without the token of that name. Raises CannotEdit."""
    names = [token.get("name") if isinstance(token, dict) else None for token in list_at(text, TOKENS)]
    return without_item(text, TOKENS, names.index(name) if name in names else -1)

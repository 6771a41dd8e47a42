"""Keep secrets secret: know them by their key, leave them out of what is shown, tell those that are none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from appliance.config.jsonc import KeyPath

REDACTED = "REDACTED"

_SECRET_NAMES = """
key apikey api_key secret password passphrase uid account_id accountid walletaddress wallet_address privatekey
private_key token ws_token jwt_secret_key chat_id webhook_url authorization x-mbx-apikey
"""
_SECRET_KEYS = frozenset(_SECRET_NAMES.split())
_SECRET_PATHS = frozenset({("webhook", "url")})
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)(?=@)")

_COMMON_SECRETS = """
password passwd secret admin root user test demo changeme change_me letmein qwerty 1234 12345 123456 12345678
123456789 1234567890 freqtrade freqtrader appliance supersecret super-secret supersecret1! supersecurepassword
somethingrandom somethingrandomsomethingrandom123 sercet_ws_t0ken secret_ws_t0ken your_password your_secret
yourpassword yoursecret hz-y58lxyx_hz8o1cjzvyn6epwrlpnqv4q
"""
_COMMON = frozenset(_COMMON_SECRETS.split())


def is_secret(path: KeyPath) -> bool:
    """Whether the value at a key path must not be shown."""
    keys = tuple(str(key).lower() for key in path if isinstance(key, str))
    return bool(keys) and (keys[-1] in _SECRET_KEYS or keys in _SECRET_PATHS)


def redacted(values: Any, path: KeyPath = ()) -> Any:
    """Copy a configuration with every secret replaced by `REDACTED`; empty ones stay, they tell something."""
    if isinstance(values, Mapping):
        return {key: redacted(value, (*path, str(key))) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [redacted(value, (*path, index)) for index, value in enumerate(values)]
    if is_secret(path) and values not in (None, ""):
        return REDACTED
    return without_url_password(values) if isinstance(values, str) else values


def without_url_password(text: str) -> str:
    """Replace the password in `scheme://user:password@host`."""
    return _URL_PASSWORD.sub(rf"\1:{REDACTED}", text)


def secret_values(values: Any, path: KeyPath = ()) -> Iterator[str]:
    """Every secret in a configuration, passwords in URLs included."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from secret_values(value, (*path, str(key)))
    elif isinstance(values, list | tuple):
        for index, value in enumerate(values):
            yield from secret_values(value, (*path, index))
    elif is_secret(path) and values not in (None, "", True, False):
        yield str(values)
    elif isinstance(values, str):
        yield from (match.group(2) for match in _URL_PASSWORD.finditer(values))


def weakness(secret: str, *, shortest: int = 1, also_known: Sequence[str] = ()) -> str | None:
    """Say why a secret is none: "empty", "a well-known default", "too short"; None where it will do."""
    if not secret.strip():
        return "empty"
    if secret.lower() in _COMMON or secret in also_known or len(set(secret)) == 1:
        return "a well-known default"
    return f"shorter than {shortest} characters" if len(secret) < shortest else None

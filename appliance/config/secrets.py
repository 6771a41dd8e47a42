"""Find secrets by their keys, redact them, mask them in texts, and detect weak ones."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from appliance.config.jsonc import KeyPath

REDACTED = "REDACTED"
_SHORTEST_MASKED = 4

_SECRET_NAMES = """
key apikey api_key secret password passphrase uid account_id accountid walletaddress wallet_address privatekey
private_key token ws_token bearer_token jwt_secret_key metrics_token chat_id webhook_url ping_url
authorization x-mbx-apikey
"""
_SECRET_KEYS = frozenset(_SECRET_NAMES.split())
_SECRET_PATHS = (("webhook", "url"), ("notifications", "targets", "url"), ("api_server", "tokens", "hash"))
_PUBLIC_PATHS = frozenset({("api_server", "tls", "key")})  # the name of a file
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)(?=@)")

_COMMON_SECRETS = """
password passwd secret admin root user test demo changeme change_me letmein qwerty 1234 12345 123456 12345678
123456789 1234567890 freqtrade freqtrader appliance supersecret super-secret supersecret1! supersecurepassword
somethingrandom somethingrandomsomethingrandom123 sercet_ws_t0ken secret_ws_t0ken your_password your_secret
yourpassword yoursecret hz-y58lxyx_hz8o1cjzvyn6epwrlpnqv4q
"""
_COMMON = frozenset(_COMMON_SECRETS.split())


def is_secret(path: KeyPath) -> bool:
    """Return whether the value at a key path, or a section around it, is secret."""
    keys = tuple(str(key).lower() for key in path if isinstance(key, str))
    if keys in _PUBLIC_PATHS:
        return False
    return not _SECRET_KEYS.isdisjoint(keys) or any(keys[: len(known)] == known for known in _SECRET_PATHS)


def redacted(values: Any, path: KeyPath = ()) -> Any:
    """Copy a configuration with every secret replaced by `REDACTED`; empty ones stay visible as empty."""
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


def secret_values(values: object, path: KeyPath = ()) -> Iterator[str]:
    """Yield every secret of a configuration, passwords in URLs included."""
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
    """Return why a secret is weak, such as "empty" or "a well-known default"; None if it is strong."""
    if not secret.strip():
        return "empty"
    if secret.lower() in _COMMON or secret in also_known or len(set(secret)) == 1:
        return "a well-known default"
    return f"shorter than {shortest} characters" if len(secret) < shortest else None


class Mask:
    """Replace known secrets in texts: plain, in URLs and in Authorization headers."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._known: set[str] = set()

    def learn(self, values: object) -> None:
        """Add the secrets of a configuration; those under four characters would mask ordinary words."""
        server = values.get("api_server", {}) if isinstance(values, Mapping) else {}
        for secret in secret_values(values):
            if len(secret) >= _SHORTEST_MASKED:
                self._known |= {secret, quote(secret), quote(secret, safe="")}
        if isinstance(server, Mapping) and server.get("password"):
            login = f"{server.get('username', '')}:{server['password']}"
            self._known.add(b64encode(login.encode()).decode())
        longest_first = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        text = without_url_password(text)
        return self._pattern.sub(REDACTED, text) if self._pattern else text

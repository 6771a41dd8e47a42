"""Where the bot is that `appliance client` commands, and with which login."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from appliance.client.address import address
from appliance.client.errors import WrongUsage
from appliance.client.trust import DEFAULT_TRUST, Trust
from appliance.config.jsonc import JsonError, parse
from appliance.domain.errors import ConfigurationError

DEFAULT_FILES = (Path("user_data/config.json"), Path("config.json"))
TOKEN_VARIABLE = "APPLIANCE_API_TOKEN"
_PREFIXES = ("FREQTRADE__API_SERVER__", "APPLIANCE__API_SERVER__")
_KEYS = ("listen_ip_address", "listen_port", "username", "password", "ws_token")
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass(frozen=True)
class Target:
    """Hold the address of a bot, and what is known of the login."""

    url: str
    username: str | None = None
    password: str | None = None
    token: str | None = None
    ws_token: str | None = None
    trust: Trust = DEFAULT_TRUST

    @property
    def is_complete(self) -> bool:
        """Tell whether there is a login."""
        return bool(self.token or (self.username and self.password))


def target(files: Sequence[str], url: str | None, username: str | None, cafile: str | None = None) -> Target:
    """Collect from all sources: options over environment over configuration files.

    With an address of its own, no file is read that was not named: its password is for another bot.
    """
    settings: dict[str, Any] = {}
    for file in files or ([] if url else [str(path) for path in DEFAULT_FILES if path.is_file()][:1]):
        settings |= _api_server(Path(file))
    settings |= _from_environment(os.environ)
    given = address(url or _listening(settings))
    tokens = settings.get("ws_token")
    return Target(
        str(given),
        username or given.username or _text(settings.get("username")),
        given.password or _usable(_text(settings.get("password"))),
        os.environ.get(TOKEN_VARIABLE),
        _text(tokens[0] if isinstance(tokens, list) and tokens else tokens),
        Trust(cafile) if cafile or url else _own_trust(settings),
    )


def completed(found: Target) -> Target:
    """Ask for what is missing of the login. Raises WrongUsage where nobody is there to be asked."""
    if found.is_complete:
        return found
    missing = "password" if found.username else "user name"
    if not sys.stdin.isatty():
        name = "PASSWORD" if found.username else "USERNAME"
        raise WrongUsage(
            f"No {missing} for {found.url}: name its configuration (-c), or set {_PREFIXES[-1]}{name}"
        )
    username = found.username or click.prompt(f"User name for {found.url}", err=True)
    password = click.prompt(f"Password of {username} at {found.url}", hide_input=True, err=True)
    return replace(found, username=username, password=password)


def _api_server(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        section = parse(text, str(file)).value
    except OSError as error:
        raise ConfigurationError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    except (JsonError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(error) if isinstance(error, JsonError) else f"{file}: no text") from None
    section = section.get("api_server", {}) if isinstance(section, dict) else None
    if not isinstance(section, dict):
        raise ConfigurationError(f"{file}: expected an object with the section api_server")
    return section


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    names = [(prefix + key.upper(), key) for prefix in _PREFIXES for key in _KEYS]
    return {key: environ[name] for name, key in names if environ.get(name)}


def _listening(settings: Mapping[str, Any]) -> str:
    host = str(settings.get("listen_ip_address", ""))
    host = _ANY_ADDRESS.get(host, host)
    scheme = "https" if _certificate(settings) else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.get('listen_port', 8080)}"


def _certificate(settings: Mapping[str, Any]) -> str | None:
    tls = settings.get("tls")
    return _text(tls.get("certificate")) if isinstance(tls, dict) else None


def _own_trust(settings: Mapping[str, Any]) -> Trust:
    """Trust the certificate that the bot's own configuration names, where this user may read it."""
    file = _certificate(settings)
    return Trust(file, pinned=True) if file and os.access(file, os.R_OK) else DEFAULT_TRUST


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _usable(password: str | None) -> str | None:
    """A hash, as the bot's own configuration may hold, is no password."""
    return None if password and password.startswith("$argon2") else password

"""Find the address of the bot and the login for `appliance client`."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from appliance.client.address import address
from appliance.client.errors import WrongUsage
from appliance.client.trust import DEFAULT_TRUST, Trust
from appliance.config.jsonc import JsonError, parse
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json, JsonObject

DEFAULT_FILES = (Path("user_data/config.json"), Path("config.json"))
TOKEN_VARIABLE = "APPLIANCE_API_TOKEN"
_PREFIXES = ("FREQTRADE__API_SERVER__", "APPLIANCE__API_SERVER__")
_KEYS = ("listen_ip_address", "listen_port", "username", "password", "ws_token")
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass(frozen=True)
class Target:
    """The address of a bot, and the known parts of the login."""

    url: str
    username: str | None = None
    password: str | None = None
    token: str | None = None
    ws_token: str | None = None
    trust: Trust = DEFAULT_TRUST

    @property
    def is_complete(self) -> bool:
        """Whether there is a login."""
        return bool(self.token or (self.username and self.password))


def target(files: Sequence[str], url: str | None, username: str | None, cafile: str | None = None) -> Target:
    """Collect address and login: options override the environment, that overrides configuration files.

    With an explicit address only explicit files are read: the password in a default one is for another bot.
    """
    settings: JsonObject = {}
    for file in files or ([] if url else _default_files()):
        settings |= _api_server(Path(file))
    settings |= _from_environment(os.environ)
    given = address(url or _listening(settings))
    return Target(
        str(given),
        username or given.username or _text(settings.get("username")),
        given.password or _usable(_text(settings.get("password"))),
        os.environ.get(TOKEN_VARIABLE),
        _ws_token(settings),
        Trust(cafile) if cafile or url else _own_trust(settings),
    )


def _default_files() -> list[str]:
    return [str(path) for path in DEFAULT_FILES if path.is_file()][:1]


def _ws_token(settings: JsonObject) -> str | None:
    tokens = settings.get("ws_token")
    return _text(tokens[0] if isinstance(tokens, list) and tokens else tokens)


def completed(found: Target) -> Target:
    """Prompt for the missing parts of the login. Raises WrongUsage if there is no terminal."""
    if found.is_complete:
        return found
    missing = "password" if found.username else "user name"
    if not sys.stdin.isatty():
        name = "PASSWORD" if found.username else "USERNAME"
        raise WrongUsage(
            f"No {missing} for {found.url}: give its configuration with -c, or set {_PREFIXES[-1]}{name}"
        )
    username = found.username or click.prompt(f"User name for {found.url}", err=True)
    password = click.prompt(f"Password of {username} at {found.url}", hide_input=True, err=True)
    return replace(found, username=username, password=password)


def _api_server(file: Path) -> JsonObject:
    try:
        text = file.read_text(encoding="utf-8-sig")
        document = parse(text, str(file)).value
    except OSError as error:
        raise ConfigurationError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    except (JsonError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            str(error) if isinstance(error, JsonError) else f"{file}: not a text file"
        ) from None
    section = document.get("api_server", {}) if isinstance(document, dict) else None
    if not isinstance(section, dict):
        raise ConfigurationError(
            f"{file}: expected an object with the section api_server, found another value"
        )
    return section


def _from_environment(environ: Mapping[str, str]) -> JsonObject:
    names = [(prefix + key.upper(), key) for prefix in _PREFIXES for key in _KEYS]
    return {key: environ[name] for name, key in names if environ.get(name)}


def _listening(settings: JsonObject) -> str:
    host = str(settings.get("listen_ip_address", ""))
    host = _ANY_ADDRESS.get(host, host)
    scheme = "https" if _certificate(settings) else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.get('listen_port', 8080)}"


def _certificate(settings: JsonObject) -> str | None:
    tls = settings.get("tls")
    return _text(tls.get("certificate")) if isinstance(tls, dict) else None


def _own_trust(settings: JsonObject) -> Trust:
    """Trust the certificate that the configuration of the bot names, if this user may read it."""
    file = _certificate(settings)
    return Trust(file, pinned=True) if file and os.access(file, os.R_OK) else DEFAULT_TRUST


def _text(value: Json) -> str | None:
    return str(value) if value not in (None, "") else None


def _usable(password: str | None) -> str | None:
    """Return the password, None for a hash: the configuration of a bot may contain one."""
    return None if password and password.startswith("$argon2") else password

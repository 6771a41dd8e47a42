"""`appliance token`: make, list and revoke API tokens; hash the password.

A token is shown once, when it is made: the configuration has its hash only. Standard output has the token or
the hash alone, for scripts; what is said to people goes to standard error.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click

from appliance.cli.offline_database import note
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.config import passwords
from appliance.config.api_tokens import hash_of, new_token
from appliance.config.loading import LoadedSettings
from appliance.config.sections.server import RoleName
from appliance.config.sources.editing import CannotEdit, list_at, with_item, without_item
from appliance.config.userdir import rewrite
from appliance.domain.errors import ConfigurationError, StorageError

_PATH = ("api_server", "tokens")
_RELOAD = "A running bot follows when it reloads its configuration: by dashboard, /reload_config or SIGHUP."
_LONGEST_NAME = 64


@click.group()
def token() -> None:
    """Make, list and revoke API tokens; hash the password."""


@token.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(get_args(RoleName)),
    required=True,
    help="viewer reads everything and acts nowhere; operator steers and trades; admin does everything.",
)
@click.option("--days", type=click.IntRange(1, 36_500), metavar="N", help="Let it expire after so many days.")
@click.option("--print", "only_print", is_flag=True, help="Write no file; show what to put into one.")
@configuration_options
def create(
    name: str, role: str, days: int | None, only_print: bool, config: tuple[str, ...], **options: Any
) -> None:
    """Make a token called NAME, write its hash into the configuration, and show the token, this once."""
    loaded = configured(config, options)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ConfigurationError(f"the name of a token has 1 to {_LONGEST_NAME} characters")
    if any(known.name == name for known in loaded.settings.api_server.tokens):
        raise ConfigurationError(
            f'a token called "{name}" is there already: revoke it, or choose another name'
        )
    secret = new_token()
    setting = {"name": name, "hash": hash_of(secret), "role": role}
    if days:
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        setting["expires"] = expires.isoformat().replace("+00:00", "Z")
    if not only_print:
        note(loaded, f"token create {name} --role {role}")
    if only_print or not _change(loaded, lambda text: with_item(text, _PATH, setting)):
        _say("Put this into the list api_server.tokens of the configuration:")
        _say(json.dumps(setting))
    _say(_RELOAD)
    _say("The token, which is not shown again:")
    click.echo(secret)


@token.command("list")
@configuration_options
def list_tokens(config: tuple[str, ...], **options: Any) -> None:
    """List the tokens of the configuration: name, role, and until when they are good."""
    tokens = configured(config, options).settings.api_server.tokens
    if not tokens:
        _say("There are no API tokens. Make one with: appliance token create NAME --role viewer")
    width = max((len(known.name) for known in tokens), default=0)
    for known in tokens:
        until = "for good"
        if known.expires:
            gone = known.expires <= datetime.now(UTC)
            until = f"{'expired' if gone else 'until'} {known.expires:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{known.name:<{width}}  {known.role:<8}  {until}")


@token.command()
@click.argument("name")
@configuration_options
def revoke(name: str, config: tuple[str, ...], **options: Any) -> None:
    """Take the token called NAME out of the configuration."""
    loaded = configured(config, options)
    known = [token.name for token in loaded.settings.api_server.tokens]
    if name not in known:
        there = f"there are {', '.join(known)}" if known else "there are none"
        raise ConfigurationError(f'no token is called "{name}": {there}')
    try:
        note(loaded, f"token revoke {name}")
    except StorageError as error:  # whoever is to be kept out must not stay in because of a full disk
        _say(f"This is not in the audit log: {error}")
    if not _change(loaded, lambda text: _without(text, name)):
        place = loaded.gathered.place(_PATH)
        raise ConfigurationError(f'{place}: take the token "{name}" out of api_server.tokens by hand')
    _say(f'Revoked "{name}". {_RELOAD}')


@token.command("hash-password")
def hash_password() -> None:
    """Ask for a password and show its argon2 hash, which may stand for it in api_server.password."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise ConfigurationError("expected a password on standard input, found nothing")
    click.echo(passwords.hash_password(password))


def _change(loaded: LoadedSettings, edit: Callable[[str], str]) -> bool:
    """Change the file that has the tokens, or would have them; tell why if that cannot be done."""
    file = _file(loaded)
    if file is None:
        _say(f"{loaded.gathered.place(_PATH)}: tokens do not come from a file that could be changed")
        return False
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            text = stream.read()
        rewrite(file, edit(text))
    except OSError as error:
        _say(f"{file}: cannot be written: {error.strerror}")
        return False
    except CannotEdit as error:
        _say(f"{file}: is left as it is: {error}")
        return False
    _say(f"Changed {file}.")
    return True


def _file(loaded: LoadedSettings) -> Path | None:
    """Return the file that decides on tokens: the strongest that names them, or else their section."""
    places = loaded.gathered.places
    named = next((places[_PATH[:length]] for length in (2, 1) if _PATH[:length] in places), None)
    if named is None:
        return loaded.files[0] if loaded.files else None
    return next((file for file in loaded.files if str(file) == named.name), None)


def _without(text: str, name: str) -> str:
    names = [token.get("name") if isinstance(token, dict) else None for token in list_at(text, _PATH)]
    return without_item(text, _PATH, names.index(name) if name in names else -1)


def _say(text: str) -> None:
    click.echo(text, err=True)

"""`appliance token`: create, list and revoke API tokens; hash a password.

A token is printed once, when it is created: the configuration has its hash only. Standard output has the
token or the hash alone, for scripts; messages for people go to standard error.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import click

from appliance.cli.books.offline_database import note
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.config import passwords
from appliance.config.api_tokens import new_token
from appliance.config.editing.token_list import (
    TOKENS,
    file_of_tokens,
    token_setting,
    with_token,
    without_token,
)
from appliance.config.loading import LoadedSettings
from appliance.config.sections.server import RoleName
from appliance.config.sources.editing import CannotEdit
from appliance.config.userdir import rewrite
from appliance.domain.errors import ConfigurationError, StorageError
from appliance.domain.json_value import Json

_RELOAD = (
    "A running bot applies it when it reloads its configuration: by dashboard, /reload_config or SIGHUP."
)


@click.group()
def token() -> None:
    """Create, list and revoke API tokens; hash a password."""


@token.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(get_args(RoleName)),
    required=True,
    help="viewer may only read; operator may also control the bot and trade; admin may do everything.",
)
@click.option("--days", type=click.IntRange(1, 36_500), metavar="N", help="Days until it expires.")
@click.option("--print", "only_print", is_flag=True, help="Write no file; print the setting to add.")
@configuration_options
def create(
    name: str, role: str, days: int | None, only_print: bool, config: tuple[str, ...], **options: Json
) -> None:
    """Create a token NAME, write its hash into the configuration, and print the token once."""
    loaded = configured(config, options)
    secret = new_token()
    setting = token_setting(loaded, secret, name, role, days)
    if not only_print:
        note(loaded, f"token create {name} --role {role}")
    if only_print or not _change(loaded, lambda text: with_token(text, setting)):
        _print("Add this to the list api_server.tokens of the configuration:")
        _print(json.dumps(setting))
    _print(_RELOAD)
    _print("The token, which is not shown again:")
    click.echo(secret)


@token.command("list")
@configuration_options
def list_tokens(config: tuple[str, ...], **options: Json) -> None:
    """List the tokens of the configuration: name, role and expiry."""
    tokens = configured(config, options).settings.api_server.tokens
    if not tokens:
        _print("There are no API tokens. Create one with: appliance token create NAME --role viewer")
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
def revoke(name: str, config: tuple[str, ...], **options: Json) -> None:
    """Remove the token NAME from the configuration."""
    loaded = configured(config, options)
    known = [token.name for token in loaded.settings.api_server.tokens]
    if name not in known:
        known_names = ", ".join(known) or "none"
        raise ConfigurationError(f'there is no token "{name}"; there are: {known_names}')
    try:
        note(loaded, f"token revoke {name}")
    except StorageError as error:  # a full disk must not keep a token valid
        _print(f"Writing the audit log failed: {error}")
    if not _change(loaded, lambda text: without_token(text, name)):
        place = loaded.gathered.place(TOKENS)
        raise ConfigurationError(f'{place}: remove the token "{name}" from api_server.tokens manually')
    _print(f'Revoked "{name}". {_RELOAD}')


@token.command("hash-password")
def hash_password() -> None:
    """Prompt for a password and print its argon2 hash, for api_server.password."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise ConfigurationError("expected a password on standard input, found nothing")
    click.echo(passwords.hash_password(password))


def _change(loaded: LoadedSettings, edit: Callable[[str], str]) -> bool:
    """Edit the file of the tokens; if that fails, print why and return False."""
    file = file_of_tokens(loaded)
    if file is None:
        _print(f"{loaded.gathered.place(TOKENS)}: the tokens are not in a file that can be edited")
        return False
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            text = stream.read()
        rewrite(file, edit(text))
    except OSError as error:
        _print(f"{file}: cannot be written: {error.strerror}")
        return False
    except CannotEdit as error:
        _print(f"{file}: not changed: {error}")
        return False
    _print(f"Changed {file}.")
    return True


def _print(text: str) -> None:
    click.echo(text, err=True)

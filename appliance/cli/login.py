"""`appliance login`: what the dashboard's login needs beside the password, for somebody locked out.

These commands need no password: whoever may write the user data folder can change that as well. A running
bot follows within a minute, and at once at its next login.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from appliance.cli.books.offline_database import note
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.domain.errors import ConfigurationError, StorageError
from appliance.domain.json_value import Json
from appliance.server.logins.factor_book import FactorBook


@click.group()
def login() -> None:
    """Show or switch off what the dashboard's login needs beside the password."""


@login.command()
@configuration_options
def show(config: tuple[str, ...], **options: Json) -> None:
    """Say whether codes are asked for, and list the passkeys."""
    known = _book(configured(config, options)).read()
    if known.codes:
        left = f"{len(known.recovery)} recovery codes left"
        click.echo(f"codes: asked for since {_day(known.codes.since)}, {left}")
        programs = "asked for codes as well" if known.programs_too else "need the password alone"
        click.echo(f"programs: {programs}")
    else:
        click.echo("codes: not asked for")
    for key in known.passkeys:
        used = f"last used {_day(key.used)}" if key.used else "never used"
        click.echo(f'passkey: "{key.name}" for {key.host}, added {_day(key.added)}, {used}')


@login.command("codes-off")
@configuration_options
def codes_off(config: tuple[str, ...], **options: Json) -> None:
    """Ask for no codes any more: for somebody without phone and recovery codes."""
    loaded = configured(config, options)
    _note(loaded, "login codes-off")
    if not _book(loaded).remove_codes():
        raise ConfigurationError("no codes are asked for: there is nothing to switch off")
    click.echo("Codes are not asked for any more; the password is enough.", err=True)


@login.command("remove-passkey")
@click.argument("name")
@configuration_options
def remove_passkey(name: str, config: tuple[str, ...], **options: Json) -> None:
    """Remove the passkey NAME."""
    loaded = configured(config, options)
    book = _book(loaded)
    found = next((key for key in book.read().passkeys if key.name == name), None)
    if found is None:
        raise ConfigurationError(f'there is no passkey "{name}": `appliance login show` lists them')
    _note(loaded, "login remove-passkey")
    book.remove_passkey(found.id)
    click.echo(f'Removed "{name}".', err=True)


def _book(loaded: LoadedSettings) -> FactorBook:
    return FactorBook(Path(loaded.settings.user_data_dir or "user_data"))


def _note(loaded: LoadedSettings, what: str) -> None:
    try:
        note(loaded, what)
    except StorageError as error:  # a full disk must not lock anybody out
        click.echo(f"Writing the audit log failed: {error}", err=True)


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"

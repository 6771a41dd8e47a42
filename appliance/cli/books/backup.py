"""`appliance backup`: put database, configuration and strategies into one archive."""

from pathlib import Path

import click

from appliance.cli.books.offline_database import note
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.domain.json_value import Json
from appliance.queries.settings.backups import kept_backup


@click.command()
@configuration_options
@click.option("--db-url", metavar="URL", help="Trades database, e.g. sqlite:///tradesv3.sqlite.")
@click.option(
    "--to",
    metavar="PATH",
    help="File or existing folder to write to; default: the folder backups in the user data.",
)
def backup(config: tuple[str, ...], to: str | None, **options: Json) -> None:
    """Back up database, configuration files, strategies and parameter files, also while the bot runs.

    There are secrets in the archive; only its owner can read it.
    """
    loaded = configured(config, options)
    note(loaded, "backup")
    made = kept_backup(loaded, Path(to).expanduser() if to else None)
    for line in made.manifest.notes:
        click.echo(line, err=True)
    click.echo(f"{len(made.manifest.files)} files, with the secrets of the configuration, in:", err=True)
    click.echo(made.file.absolute())

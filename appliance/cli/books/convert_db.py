"""`appliance convert-db`: write a database as a new file of this version."""

import asyncio
from pathlib import Path

import click

from appliance.domain.errors import ConfigurationError
from appliance.storage.database.location import database_path

_SQLITE = "sqlite:"


@click.command("convert-db")
@click.option("--db-url", metavar="URL", help="New database, e.g. sqlite:///tradesv3.new.sqlite.")
@click.option("--db-url-from", metavar="URL", help="Database to copy; it stays as it is.")
def convert_db(db_url: str | None, db_url_from: str | None) -> None:
    """Copy a database of freqtrade, of any version, or of this program, into a new one of this version.

    Both are SQLite's. The old one may be in use meanwhile.
    """
    from appliance.storage.converted import convert_database  # late: it loads numpy

    source = _sqlite("--db-url-from", db_url_from)
    file = _file("--db-url", _sqlite("--db-url", db_url))
    if not file.parent.is_dir():
        raise ConfigurationError(f"--db-url: there is no folder {file.parent}: make it, or name another file")
    if file.exists():
        raise ConfigurationError(f"--db-url: {file} exists already: name another file, or remove it")
    done = asyncio.run(convert_database(source, file))
    counted = ", ".join(f"{count} {table}" for table, count in done.counts.items() if count)
    click.echo(f"Wrote {done.file}: {counted or 'nothing was in it'}", err=True)


def _sqlite(option: str, url: str | None) -> str:
    if not url:
        raise ConfigurationError(f"{option}: missing; expected sqlite:///<file>")
    if not url.startswith(_SQLITE):
        raise ConfigurationError(
            f"{option}: expected sqlite:///<file>, found '{url.partition(':')[0]}', which is not supported; "
            "`freqtrade convert-db` copies other databases into one of SQLite"
        )
    return url


def _file(option: str, url: str) -> Path:
    path = database_path(url)
    if path is None:
        raise ConfigurationError(f"{option}: expected sqlite:///<file>, found a database in memory")
    return path.absolute()

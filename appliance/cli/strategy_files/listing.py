"""`appliance list-strategies`: list strategies, and why some cannot be loaded."""

import json
import sys
from pathlib import Path

import click

from appliance.cli.options import common_options, search_options
from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.domain.enums import RunMode
from appliance.domain.json_value import Json
from appliance.strategy.loading.loader import SAMPLES, list_strategies, search_folders
from appliance.strategy.loading.packages import make_importable, package_folder


@click.command("list-strategies")
@common_options
@search_options
@click.option("-1", "--one-column", is_flag=True, help="Print names only, one per line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: name, file, status.")
def list_strategies_command(
    config: tuple[str, ...], no_color: bool, one_column: bool, as_json: bool, **options: Json
) -> None:
    """List strategies: name, file, and OK or the reason why it cannot be loaded.

    In a pipe the columns are separated by tabs.
    """
    rows = _found(configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE))
    if as_json:
        listed = [dict(zip(("name", "file", "status"), row, strict=True)) for row in rows]
        click.echo(json.dumps(listed, indent=2))
    elif one_column:
        click.echo("".join(f"{name}\n" for name, _, _ in rows if name), nl=False)
        for status in (status for name, _, status in rows if not name):
            click.echo(_one_line(status), err=True)
    elif sys.stdout.isatty():
        _table(rows, colour=not no_color)
    else:
        click.echo("".join("\t".join(_one_line(cell) for cell in row) + "\n" for row in rows), nl=False)


def _found(loaded: LoadedSettings) -> list[tuple[str, str, str]]:
    """Return name, file and status of each strategy, by name."""
    make_importable(package_folder(loaded.user_data_dir))
    extra = Path(loaded.settings.strategy_path) if loaded.settings.strategy_path else None
    folders = search_folders(loaded.user_data_dir, extra, recursive=loaded.settings.recursive_strategy_search)
    found = sorted(list_strategies(folders, loaded.raw), key=lambda listing: listing.name)
    own = {listing.name for listing in found if Path(listing.file).parent != SAMPLES}
    return [
        (listing.name, listing.file, listing.status)
        for listing in found
        # A sample that was copied to be changed is listed once: the copy is used.
        if Path(listing.file).parent != SAMPLES or listing.name not in own
    ]


def _table(rows: list[tuple[str, str, str]], *, colour: bool) -> None:
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for name, file, status in rows:
        shown = click.style(status, fg="green" if status == "OK" else "red") if colour else status
        click.echo(f"{name:{widths[0]}}  {file:{widths[1]}}  {shown}")


def _one_line(text: str) -> str:
    return " ".join(text.split())

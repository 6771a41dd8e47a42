"""`appliance strategy-updater`: rewrite strategies of freqtrade's interface 2 for interface 3."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options, search_options
from appliance.cli.settings import configured
from appliance.config.userdir import rewrite, write_private
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.strategy.loading.loader import SAMPLES, search_folders
from appliance.strategy.loading.module_reload import class_names, python_files
from appliance.strategy.updating.update import updated

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

BACKUPS = "strategies_orig_updater"
"""The folder in the user data folder with the files as they were; freqtrade's name."""


@click.command("strategy-updater", cls=CommandOfMany)
@common_options
@click.option("--strategy-list", cls=ManyValues, metavar="NAME", help="Only these strategies.")
@search_options
def strategy_updater(
    config: tuple[str, ...], no_color: bool, strategy_list: tuple[str, ...], **options: Any
) -> int:
    """Rewrite old strategies: methods, columns and settings get the names of interface 3.

    Nothing else of a file is changed, no strategy is run, and the file as it was is stored in
    user_data/strategies_orig_updater.
    """
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    found = dict(_strategy_files(loaded))
    if unknown := sorted(set(strategy_list).difference(*found.values())):
        raise ConfigurationError(f"--strategy-list: there is no {', '.join(unknown)}; see `list-strategies`")
    chosen = [file for file, names in found.items() if not strategy_list or names & set(strategy_list)]
    if not chosen:
        click.echo("There are no strategies", err=True)
    failed = [file for file in chosen if not _update(file, loaded.user_data_dir)]
    return 2 if failed else 0


def _strategy_files(loaded: "LoadedSettings") -> Iterator[tuple[Path, set[str]]]:
    """Yield each file with strategies, and their names."""
    settings = loaded.settings
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    folders = search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
    for file in (file for folder in folders if folder != SAMPLES for file in python_files(folder)):
        if names := class_names(file):
            yield file, set(names)


def _update(file: Path, user_folder: Path) -> bool:
    """Update a file and say what was done; return whether it could be read."""
    try:
        old = file.read_bytes()
        update = updated(old)
    except (SyntaxError, ValueError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        click.echo(f"{file}{line}: left as it is: {getattr(error, 'msg', error)}", err=True)
        return False
    if update.content == old:
        click.echo(f"{file}: nothing to change")
    else:
        copy = _back_up(file, old, user_folder)
        rewrite(file, update.content)
        click.echo(f"{file}: {update.changes} changes; as it was: {copy}")
    _show(file, update.notes)
    return True


def _show(file: Path, notes: Sequence[tuple[int, str]]) -> None:
    for line, text in notes:
        click.echo(f"{file}:{line}: look at this: {text}")


def _back_up(file: Path, content: bytes, user_folder: Path) -> Path:
    """Store a file as it was, beside what is stored already."""
    folder = user_folder / BACKUPS
    folder.mkdir(parents=True, exist_ok=True)
    copy, number = folder / file.name, 1
    while copy.exists() and copy.read_bytes() != content:
        number += 1
        copy = folder / f"{file.stem}-{number}{file.suffix}"
    if not copy.exists():
        write_private(copy, content)
    return copy

"""`appliance list-hyperoptloss`: list the loss functions of `hyperopt`."""

from pathlib import Path
from typing import Any

import click

from appliance.cli.data.output import print_table
from appliance.cli.options import common_options
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode

_BUILT_IN = "built in"


@click.command("list-hyperoptloss")
@common_options
@click.option("--hyperopt-path", metavar="PATH", help="Folder of loss functions, searched first.")
@click.option("-1", "--one-column", is_flag=True, help="Print names only, one per line.")
def list_losses(
    config: tuple[str, ...], no_color: bool, hyperopt_path: str | None, one_column: bool, **options: Any
) -> None:
    """List loss functions: those of this program, and your own in user_data/hyperopts.

    Tab-separated in a pipe.
    """
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    folders = [Path(hyperopt_path).expanduser()] if hyperopt_path else []
    rows = _found([*folders, loaded.user_data_dir / "hyperopts"])
    if one_column:
        click.echo("".join(f"{name}\n" for name, _, _ in rows if name), nl=False)
        for status in (status for name, _, status in rows if not name):
            click.echo(" ".join(status.split()), err=True)
    else:
        print_table(("Name", "Location", "Status"), rows, colour=not no_color)


def _found(folders: list[Path]) -> list[tuple[str, str, str]]:
    """Return name, file and status of each loss function, by name."""
    from appliance.research.hyperopt.losses.own import own_losses  # late: it loads numpy
    from appliance.research.hyperopt.losses.registry import LOSSES  # late: it loads numpy

    own = [(name, str(file), status) for name, file, status in own_losses(folders)]
    named = {name for name, _, _ in own}
    return sorted([*own, *((name, _BUILT_IN, "OK") for name in LOSSES if name not in named)])

"""`appliance walk-forward`: search again and again along the time, and test what was found."""

import sys
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.hyperopt.options import options_of_searches
from appliance.cli.hyperopt.search import ready_for_forks
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.research.options import settings_of, shared_options
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode
from appliance.research.walkforward.windows import Cut

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

_DAY_MS = 86_400_000
_INTERRUPTED = 130
"""The exit status that shells give to a program that was ended by Ctrl-C."""


@click.command("walk-forward", cls=CommandOfMany)
@common_options
@strategy_options
@shared_options
@options_of_searches
@click.option(
    "--search-days", type=float, default=90.0, metavar="DAYS", help="Length of what is searched.  [90]"
)
@click.option(
    "--test-days", type=float, default=30.0, metavar="DAYS", help="Length of what is tested after it.  [30]"
)
@click.option(
    "--gap-days",
    type=float,
    default=1.0,
    metavar="DAYS",
    help="What is left out between both, so that no trade and no memory of the market reaches over.  [1]",
)
@click.option("--anchored", is_flag=True, help="Begin all searches at the first candle.")
@click.option("--continue", "goes_on", is_flag=True, help="Go on with the last walk that was interrupted.")
def walk_forward(
    config: tuple[str, ...],
    no_color: bool,
    search_days: float,
    test_days: float,
    gap_days: float,
    anchored: bool,
    goes_on: bool,
    **options: Any,
) -> None:
    """Search parameters again and again along the time, and test each result on the time after it.

    All windows are stored in user_data/walk_forward_results as they end, and a report at last.
    """
    cut = Cut(
        search=round(search_days * _DAY_MS),
        test=round(test_days * _DAY_MS),
        gap=round(gap_days * _DAY_MS),
        anchored=anchored,
    )
    loaded = configured(config, settings_of(options), runmode=RunMode.HYPEROPT)
    with command_logs(loaded):
        _walk(loaded, cut, goes_on=goes_on, colour=not no_color)


def _walk(loaded: "LoadedSettings", cut: Cut, *, goes_on: bool, colour: bool) -> None:
    ready_for_forks()
    from appliance.cli.hyperopt.walk_session import WalkSession  # late: it loads numpy
    from appliance.research.walkforward.walk import Interrupted  # late: it loads numpy

    session = WalkSession.of(loaded, cut, goes_on=goes_on)
    try:
        with progress.shown(colour=colour) as shown:
            session.run(shown)
    except (Interrupted, KeyboardInterrupt):
        click.echo(f"Stopped after {session.ended}: go on with --continue", err=True)
        sys.exit(_INTERRUPTED)
    session.show(colour=colour)

"""`appliance hyperopt`: search the parameters of a strategy."""

import gc
import os
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.hyperopt.options import search_options
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.research.options import settings_of, shared_options
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings


@click.command("hyperopt", cls=CommandOfMany)
@common_options
@strategy_options
@shared_options
@search_options
def hyperopt(config: tuple[str, ...], no_color: bool, **options: Any) -> None:
    """Search the parameters of a strategy, and store all epochs in user_data/hyperopt_results."""
    loaded = configured(config, settings_of(options), runmode=RunMode.HYPEROPT)
    with command_logs(loaded):
        _run(loaded, colour=not no_color)


def _run(loaded: "LoadedSettings", *, colour: bool) -> None:
    ready_for_forks()
    from appliance.cli.hyperopt.session import SearchSession  # late: it loads numpy

    session = SearchSession.of(loaded)
    with progress.shown(colour=colour) as shown:
        found = session.run(shown)
    session.show(found, colour=colour)


def ready_for_forks() -> None:
    """Set this process up for many backtests; before numpy is loaded."""
    # More threads do not speed up indicators, and a process with threads cannot be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything in a backtest is garbage that only a search finds; at the usual pace searches take 8 %.
    gc.set_threshold(50_000, 50, 100)

"""`appliance backtesting`: test strategies on stored candles."""

import gc
import logging
import os
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.research.options import backtest_options, settings_of
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

log = logging.getLogger(__name__)


@click.command("backtesting", cls=CommandOfMany)
@common_options
@strategy_options
@backtest_options
def backtesting(config: tuple[str, ...], no_color: bool, **options: Any) -> None:
    """Test strategies on stored candles, and store the result in user_data/backtest_results."""
    loaded = configured(config, settings_of(options), runmode=RunMode.BACKTEST)
    with command_logs(loaded):
        if options["exportfilename"]:
            log.warning("--backtest-filename has no effect: use --backtest-directory and --notes")
        _run(loaded, colour=not no_color)


def _run(loaded: "LoadedSettings", *, colour: bool) -> None:
    # More threads do not speed up indicators, and a process with threads cannot be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything in a backtest is garbage that only a search finds; at the usual pace searches take 8 %.
    gc.set_threshold(50_000, 50, 100)
    from appliance.research.session import BacktestSession  # late: it loads numpy

    session = BacktestSession.of(loaded)
    with progress.shown(colour=colour) as shown:
        result = session.run(shown)
    session.show(result, colour=colour)
    for file in session.files:
        click.echo(f"Stored in {file}", err=True)

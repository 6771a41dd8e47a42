"""`appliance backtesting`: test strategies on stored candles."""

import atexit
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
@click.option(
    "--explain",
    nargs=2,
    metavar="PAIR TIME",
    help="Store no result; show what the test saw of the candle of PAIR at TIME (UTC, such as "
    '"2025-07-01 10:05"), and why it entered or exited, or did not.',
)
def backtesting(
    config: tuple[str, ...], no_color: bool, explain: tuple[str, str] | None = None, **options: Any
) -> None:
    """Test strategies on stored candles, and store the result in user_data/backtest_results."""
    loaded = configured(config, settings_of(options), runmode=RunMode.BACKTEST)
    with command_logs(loaded):
        if options["exportfilename"]:
            log.warning("--backtest-filename has no effect: use --backtest-directory and --notes")
        if explain:
            _explain(loaded, explain, colour=not no_color)
        else:
            _run(loaded, colour=not no_color)


def _explain(loaded: "LoadedSettings", asked_for: tuple[str, str], *, colour: bool) -> None:
    _prepare_process()
    from appliance.cli.research.explain import explanations, lines  # late: it loads numpy
    from appliance.research.backtest.explain.explanation import asked  # late: it loads numpy

    question = asked(*asked_for)
    with progress.shown(colour=colour) as shown:
        found = list(explanations(loaded, question, shown))
    click.echo("\n\n".join("\n".join(lines(one)) for one in found))


def _run(loaded: "LoadedSettings", *, colour: bool) -> None:
    _prepare_process()
    from appliance.research.session import BacktestSession  # late: it loads numpy

    session = BacktestSession.of(loaded)
    with progress.shown(colour=colour) as shown:
        result = session.run(shown)
    session.show(result, colour=colour)
    for file in session.files:
        click.echo(f"Stored in {file}", err=True)


def _prepare_process() -> None:
    # More threads do not speed up indicators, and a process with threads cannot be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything in a backtest is garbage that only a search finds; at the usual pace searches take 8 %.
    gc.set_threshold(50_000, 50, 100)
    # At its end Python searches all that is left, every library included: a tenth of a short test.
    atexit.register(gc.freeze)

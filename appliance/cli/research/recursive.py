"""`appliance recursive-analysis`: how many candles indicators need before their values are right."""

import os
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.research.lookahead_options import analysis_settings, recursive_options
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode
from appliance.research.planning import planned_with_hint
from appliance.research.recursive.options import RecursiveOptions
from appliance.research.results.printing.output import Output

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.recursive.result import RecursiveResult


@click.command("recursive-analysis", cls=CommandOfMany)
@common_options
@strategy_options
@recursive_options
def recursive_analysis(config: tuple[str, ...], no_color: bool, **options: Any) -> None:
    """Show how indicators depend on how many candles lie before, and recommend a startup_candle_count.

    Indicators that know later candles are found, too.
    """
    loaded = configured(config, analysis_settings(options), runmode=RunMode.BACKTEST)
    with command_logs(loaded):
        _run(loaded, colour=not no_color)


def _run(loaded: "LoadedSettings", *, colour: bool) -> None:
    # More threads do not speed up indicators, and a process with threads cannot be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from appliance.research.recursive.analyse import analyse  # late: it loads numpy

    options = RecursiveOptions.of(loaded.raw)
    plan = planned_with_hint(loaded)
    with progress.shown(colour=colour) as shown:
        result = analyse(plan, options, shown)
    _show(result, colour=colour)


def _show(result: "RecursiveResult", *, colour: bool) -> None:
    from appliance.research.recursive.tables import (  # late: it loads numpy
        advice,
        lookahead_table,
        needs_table,
        variance_table,
    )

    output = Output(colour=colour)
    if result.results:
        output.table(variance_table(result))
    output.table(needs_table(result))
    if (table := lookahead_table(result)) is not None:
        output.table(table)
    for line in advice(result):
        output.line(line)

"""`appliance lookahead-analysis`: find signals that know later candles."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.research.lookahead_options import analysis_settings, lookahead_options, without_effect
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode
from appliance.domain.errors import ApplianceError
from appliance.research.lookahead.options import LookaheadOptions
from appliance.research.planning import one_by_one, planned_with_hint
from appliance.research.results.printing.output import Output

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.progress import Progress
    from appliance.research.lookahead.result import LookaheadResult

log = logging.getLogger(__name__)


@click.command("lookahead-analysis", cls=CommandOfMany)
@common_options
@strategy_options
@lookahead_options
def lookahead_analysis(config: tuple[str, ...], no_color: bool, **options: Any) -> None:
    """Find signals and indicators of strategies that know later candles.

    Each candle that is checked is compared with a run on the candles until it. Options of freqtrade that
    concern trades are accepted, and have no effect.
    """
    loaded = configured(config, analysis_settings(options), runmode=RunMode.BACKTEST)
    with command_logs(loaded):
        if ignored := without_effect(options):
            log.info("Without effect here: %s", ", ".join(ignored))
        _run(loaded, colour=not no_color)


def _run(loaded: "LoadedSettings", *, colour: bool) -> None:
    # More threads do not speed up indicators, and a process with threads cannot be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    options = LookaheadOptions.of(loaded.raw)
    strategies = list(one_by_one(loaded))
    results, failed = [], []
    with progress.shown(colour=colour) as shown:
        for name, settings in strategies:
            try:
                results.append(_examined(settings, options, shown))
            except ApplianceError as error:
                if len(strategies) == 1:
                    raise
                failed.append((name, ""))
                log.error("%s: %s", name, error)
    _show(results, failed, colour=colour)
    if (file := options.lookahead_analysis_exportfilename) and results:
        from appliance.research.lookahead.export import export  # late: it loads numpy

        export(Path(file).expanduser(), results)
        click.echo(f"Stored in {file}", err=True)


def _examined(loaded: "LoadedSettings", options: LookaheadOptions, shown: "Progress") -> "LookaheadResult":
    from appliance.research.lookahead.analyse import analyse  # late: it loads numpy

    return analyse(planned_with_hint(loaded), options, shown)


def _show(results: "list[LookaheadResult]", failed: list[tuple[str, str]], *, colour: bool) -> None:
    from appliance.research.lookahead.tables import column_table, notes, signal_table, verdicts  # late: numpy

    output = Output(colour=colour)
    output.table(verdicts(results, failed))
    for result in results:
        if result.columns:
            output.table(column_table(result.strategy, result.columns))
        if result.signals:
            output.table(signal_table(result))
        for line in notes(result):
            output.line(f"{result.strategy}: {line}")

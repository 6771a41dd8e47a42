"""`appliance backtesting-analysis`: what trades of a result have in common with indicators."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.cli.research import result_options as options_of
from appliance.domain.errors import ConfigurationError
from appliance.research.results.folder import results_folder
from appliance.research.results.printing.output import Output
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.results.analysis.analyse import Question
    from appliance.research.results.analysis.result_table import ResultTable

_GROUPS = ("0", "1", "2", "3", "4", "5")


@click.command("backtesting-analysis", cls=CommandOfMany)
@common_options
@options_of.FILE
@options_of.FOLDER
@click.option(
    "--analysis-groups",
    cls=ManyValues,
    type=click.Choice(_GROUPS),
    help="Sum trades up: 0 wins and losses by enter tag; profits by 1 enter tag, 2 enter tag and exit "
    "reason, 3 pair and enter tag, 4 pair, enter tag and exit reason, 5 exit reason.",
)
@click.option("--enter-reason-list", cls=ManyValues, help="Only trades with these enter tags.")
@click.option("--exit-reason-list", cls=ManyValues, help="Only trades with these exit reasons.")
@click.option(
    "--indicator-list",
    cls=ManyValues,
    help="List these columns of candles and trades, e.g. close rsi profit_abs; all: every one.",
)
@click.option("--entry-only", is_flag=True, help="List only the candles of entry signals.")
@click.option("--exit-only", is_flag=True, help="List only the candles of exits.")
@click.option("--timerange", metavar="RANGE", help="Only signals of this range, e.g. 20250101-20250201.")
@click.option("--rejected-signals", is_flag=True, help="List the signals for which no slot was free.")
@click.option("--analysis-to-csv", is_flag=True, help="Write each table as CSV instead.")
@click.option("--analysis-csv-path", metavar="PATH", help="Folder for CSV files.  [the folder of results]")
def backtesting_analysis(
    config: tuple[str, ...],
    no_color: bool,
    exportfilename: str | None,
    exportdirectory: str | None,
    analysis_to_csv: bool,
    analysis_csv_path: str | None,
    **options: Any,
) -> None:
    """Analyse the trades of a result by their signals; the backtest needs `--export signals`."""
    from appliance.research.results.analysis.analyse import analyse  # late: it loads numpy

    asked = {name: options.pop(name) for name in _QUESTIONS}
    loaded = options_of.settings_for_results(config, options)
    question = _question(loaded, asked)
    csv_folder = _csv_folder(loaded, analysis_csv_path, exportdirectory) if analysis_to_csv else None
    file = options_of.result_file(loaded, exportdirectory, exportfilename)
    analysed = list(analyse(file, question))
    for strategy, tables in analysed:
        if not tables:
            click.echo(f"{strategy}: no trades to show" if len(analysed) > 1 else "No trades to show")
        if csv_folder is not None:
            _write(csv_folder, f"{strategy}_" if len(analysed) > 1 else "", tables)
        else:
            _print(strategy if len(analysed) > 1 else "", tables, colour=not no_color)


_QUESTIONS = (
    *("analysis_groups", "enter_reason_list", "exit_reason_list", "indicator_list", "entry_only"),
    *("exit_only", "timerange", "rejected_signals"),
)


def _question(loaded: "LoadedSettings", asked: dict[str, Any]) -> "Question":
    from appliance.research.results.analysis.analyse import Question  # late: it loads numpy
    from appliance.research.results.analysis.analysed_trades import Selection  # late: it loads numpy

    if asked["entry_only"] and asked["exit_only"]:
        raise ConfigurationError("--entry-only and --exit-only exclude each other: choose one")
    selection = Selection(
        timerange=TimeRange.parse(asked["timerange"]),
        enter_reasons=asked["enter_reason_list"],
        exit_reasons=asked["exit_reason_list"],
    )
    return Question(
        groups=asked["analysis_groups"],
        indicators=asked["indicator_list"],
        rejected=asked["rejected_signals"],
        entry_only=asked["entry_only"],
        exit_only=asked["exit_only"],
        selection=selection,
        pairs=tuple(loaded.settings.exchange.pair_whitelist) or None,
    )


def _csv_folder(loaded: "LoadedSettings", named: str | None, results: str | None) -> Path:
    folder = Path(named).expanduser() if named else results_folder(loaded, results)
    if not folder.is_dir():
        raise ConfigurationError(
            f"--analysis-csv-path: {folder} does not exist: make it, or name another one"
        )
    return folder


def _write(folder: Path, prefix: str, tables: "Sequence[ResultTable]") -> None:
    from appliance.research.data.candles import replace_file  # late: it loads numpy

    for table in tables:
        file = folder / f"{prefix}{table.file_name}"
        replace_file(file, table.csv().encode())
        click.echo(f"Saved {table.name} to {file}")


def _print(strategy: str, tables: "Sequence[ResultTable]", *, colour: bool) -> None:
    output = Output(colour=colour)
    if strategy and tables:
        output.line(f"Strategy {strategy}")
    for table in tables:
        if not table.rows:
            output.line(table.if_empty)
            continue
        output.line(table.name)
        output.table(table.shown())

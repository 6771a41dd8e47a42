"""The options of plots, with freqtrade's names, and the trades that they name."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from appliance.cli.books.offline_database import look
from appliance.cli.data.many_values import ManyValues
from appliance.cli.research import result_options
from appliance.domain.errors import ConfigurationError
from appliance.research.results.folder import results_folder
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.plots.trades import FoundTrades
    from appliance.research.plots.write import Wanted

Command = TypeVar("Command", bound=Callable[..., Any])

_SHARED = (
    click.option(
        "-p",
        "--pairs",
        cls=ManyValues,
        metavar="PAIRS",
        help="Only these pairs; regular expressions are allowed.  [the whitelist]",
    ),
    click.option("--timerange", metavar="RANGE", help="E.g. 20250101-20250201, or 20250101T1200-."),
    click.option("-i", "--timeframe", metavar="TIMEFRAME", help="Candle length, e.g. 5m."),
    click.option(
        "--trade-source",
        type=click.Choice(("DB", "file"), case_sensitive=False),
        default="file",
        help="Where trades are from: the database of a bot, or a result of a backtest.  [file]",
    ),
    click.option("--db-url", metavar="URL", help="Trades database, e.g. sqlite:///tradesv3.sqlite."),
    result_options.FILE,
    click.option("--export", type=click.Choice(("none", "trades", "signals")), hidden=True),
)
_CANDLES = (
    click.option(
        "--indicators1",
        cls=ManyValues,
        metavar="COLUMNS",
        help="Columns to draw over the candles, instead of the strategy's `plot_config`.",
    ),
    click.option(
        "--indicators2",
        cls=ManyValues,
        metavar="COLUMNS",
        help="Columns to draw below them, instead of the strategy's `plot_config`.",
    ),
    click.option(
        "--plot-limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Show only the newest candles, so many.  [all]",
    ),
    click.option("--no-trades", is_flag=True, help="Show no trades."),
)
_PROFIT = (click.option("--auto-open", is_flag=True, help="Open the page in a browser."),)


def candle_options(command: Command) -> Command:
    """Add the options of `plot-dataframe` to a command."""
    return _added(command, (*_SHARED, *_CANDLES))


def profit_options(command: Command) -> Command:
    """Add the options of `plot-profit` to a command."""
    return _added(command, (*_SHARED, *_PROFIT))


def _added(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the options override. Raises ConfigurationError."""
    if options.get("freqaimodel"):
        raise ConfigurationError("--freqaimodel: FreqAI is not supported here: plot a strategy without it")
    names = {"datadir", "logfile", "strategy", "strategy_path", "timeframe", "user_data_dir", "verbosity"}
    names |= {"recursive_strategy_search", "db_url", "timerange"}
    return {name: value for name, value in options.items() if name in names and value not in (None, False)}


def found_trades(loaded: "LoadedSettings", options: Mapping[str, Any]) -> "FoundTrades":
    """Return the trades of the source that the options name. Raises DataError, StorageError."""
    from appliance.research.plots.trades import FoundTrades, stored_trades, trades_of_result  # late: numpy

    strategy = loaded.settings.strategy
    if options["trade_source"] == "DB":
        trades = look(loaded, lambda store: stored_trades(store, strategy))
        return FoundTrades(trades=trades, source="the database")
    return trades_of_result(results_folder(loaded), options["exportfilename"], strategy)


def wanted(options: Mapping[str, Any]) -> "Wanted":
    """Return what the options ask to draw. Raises ConfigurationError."""
    from appliance.research.plots.write import Wanted  # late: it loads numpy

    return Wanted(
        pairs=options["pairs"],
        timerange=TimeRange.parse(options["timerange"]),
        indicators1=options.get("indicators1", ()),
        indicators2=options.get("indicators2", ()),
        limit=options.get("plot_limit"),
    )

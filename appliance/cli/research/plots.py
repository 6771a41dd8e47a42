"""`appliance plot-dataframe`, `plot-profit`: draw candles with indicators, and profits, as HTML pages."""

import logging
import webbrowser
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research.plot_options import (
    candle_options,
    found_trades,
    profit_options,
    settings_of,
    wanted,
)
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.domain.enums import RunMode
from appliance.domain.errors import DataError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.config.loading import LoadedSettings
    from appliance.research.plots.trades import FoundTrades

log = logging.getLogger(__name__)


@click.command("plot-dataframe", cls=CommandOfMany)
@common_options
@strategy_options
@candle_options
def plot_dataframe(config: tuple[str, ...], no_color: bool, **options: Any) -> None:
    """Draw candles with a strategy's indicators, signals and trades: a page for each pair.

    Pages are written to user_data/plot. They open without a network.
    """
    loaded = configured(config, settings_of(options), runmode=RunMode.PLOT)
    with command_logs(loaded):
        _draw_candles(loaded, options)


@click.command("plot-profit", cls=CommandOfMany)
@common_options
@strategy_options
@profit_options
def plot_profit(config: tuple[str, ...], no_color: bool, auto_open: bool, **options: Any) -> None:
    """Draw the profit of trades over time, all together and by pair.

    The page is written to user_data/plot. It opens without a network.
    """
    loaded = configured(config, settings_of(options), runmode=RunMode.PLOT)
    with command_logs(loaded):
        file = _draw_profit(loaded, options)
    if auto_open:
        webbrowser.open(file.absolute().as_uri())


def _draw_candles(loaded: "LoadedSettings", options: dict[str, Any]) -> None:
    from appliance.research.plots.write import write_pair_pages  # late: it loads numpy

    found, reason = _trades_or_none(loaded, options)
    count = 0
    for file in write_pair_pages(loaded, wanted(options), found, reason):
        click.echo(file)
        count += 1
    click.echo(f"{count} page{'' if count == 1 else 's'} written", err=True)


def _trades_or_none(loaded: "LoadedSettings", options: dict[str, Any]) -> "tuple[FoundTrades | None, str]":
    """Return the trades, or the reason why a page has none."""
    if options["no_trades"]:
        return None, "are shown, as asked for by --no-trades."
    try:
        found = found_trades(loaded, options)
    except (DataError, StorageError) as error:
        if options["exportfilename"] or options["trade_source"] == "DB":
            raise
        log.warning("Without trades: %s", error)
        return None, "were found: there is no result of a backtest yet."
    return found, f"of this pair in {found.source} lie within these candles."


def _draw_profit(loaded: "LoadedSettings", options: dict[str, Any]) -> "Path":
    from appliance.research.plots.write import write_profit_page  # late: it loads numpy

    file = write_profit_page(loaded, wanted(options), found_trades(loaded, options))
    click.echo(file)
    return file

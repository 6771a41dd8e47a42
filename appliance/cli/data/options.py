"""The options that commands about candle files share, with freqtrade's names."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from appliance.cli.data.many_values import ManyValues
from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.config.logs.setup import set_up_logs
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.research.data.formats import FORMATS
from appliance.research.data.layout import CANDLE_TYPES

Command = TypeVar("Command", bound=Callable[..., Any])

PAIRS = click.option(
    "-p",
    "--pairs",
    cls=ManyValues,
    metavar="PAIRS",
    help="Only these pairs; regular expressions are allowed.",
)
TIMEFRAMES = click.option(
    "-t", "--timeframes", cls=ManyValues, metavar="TIMEFRAMES", help="Candle lengths, e.g. 5m 1h."
)
TIMERANGE = click.option("--timerange", metavar="RANGE", help="E.g. 20250101-20250201, or 20250101T1200-.")
ERASE = click.option("--erase", is_flag=True, help="Remove what is stored first.")
EXCHANGE = click.option(
    "--exchange", metavar="NAME", help="Name of the exchange, if no configuration names one."
)
TRADING_MODE = click.option(
    "--trading-mode", "--tradingmode", type=click.Choice(("spot", "margin", "futures")), help="Trading mode."
)
CANDLE_TYPE_CHOICE = click.Choice(CANDLE_TYPES)
CANDLE_FORMAT = click.option(
    "--data-format-ohlcv", "dataformat_ohlcv", type=click.Choice(FORMATS), help="Format of candle files."
)
TRADES_FORMAT = click.option(
    "--data-format-trades", "dataformat_trades", type=click.Choice(FORMATS), help="Format of trades files."
)


def data_settings(
    config: tuple[str, ...], options: dict[str, Any], *, exchange: str | None
) -> LoadedSettings:
    """Load the settings for a command about candle files. Raises ConfigurationError."""

    given = {**options, "exchange.name": exchange} if exchange else dict(options)
    if options.get("trading_mode") == "futures":
        given["margin_mode"] = "isolated"  # no candle depends on it, but a configuration has to name it
    loaded = configured(config, given, runmode=RunMode.UTIL_EXCHANGE)
    if not loaded.settings.exchange.name:
        raise ConfigurationError(
            "exchange.name is missing: name one with --exchange, or a configuration with -c"
        )
    _log(loaded)
    return loaded


def _log(loaded: LoadedSettings) -> None:
    """Log as --logfile and -v ask for, until the command has ended; warnings are shown in any case."""
    settings, before = loaded.settings, (logging.root.handlers[:], logging.root.level)
    if not (settings.logfile or settings.verbosity):
        return
    logs = set_up_logs(loaded, quiet=not settings.verbosity)

    def close() -> None:
        logs.close()
        logging.root.handlers[:], logging.root.level = before

    click.get_current_context().call_on_close(close)


def counted(pairs: Sequence[str]) -> str:
    """Return `1 pair`, `2 pairs` …"""
    return f"{len(pairs)} pair{'s' if len(pairs) != 1 else ''}"


def checked_timeframes(named: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the time frames to work on, each once. Raises ConfigurationError."""
    chosen = tuple(dict.fromkeys(named or default))
    for one in chosen:
        try:
            timeframes.seconds(one)
        except ValueError as error:
            raise ConfigurationError(f"--timeframes: {error}") from error
    return chosen

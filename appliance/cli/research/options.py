"""The options of `backtesting`, with freqtrade's names, and the settings that they override.

Those of `REALISM` are ours.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import click

from appliance.cli.data.many_values import ManyValues
from appliance.cli.options import overrides
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.options import CacheAge, Export, Period

Command = TypeVar("Command", bound=Callable[..., Any])

REALISM = ("slippage", "spread", "volume_cap", "gaps_through_stops")
"""Options that are settings of the section `backtest_realism`."""
PERIODS: tuple[Period, ...] = get_args(Period)
_FORMATS = ("json", "jsongz", "feather", "parquet")

_SHARED = (
    click.option(
        "-i", "--timeframe", metavar="TIMEFRAME", help="Candle length, e.g. 5m; overrides the strategy's."
    ),
    click.option(
        "--timerange", metavar="RANGE", help="Candles to test, e.g. 20250101-20250201, or 20250101T1200-."
    ),
    click.option(
        "--data-format-ohlcv", "dataformat_ohlcv", type=click.Choice(_FORMATS), help="Format of candle files."
    ),
    click.option("--max-open-trades", type=int, metavar="N", help="Most open trades; -1 for no limit."),
    click.option("--stake-amount", metavar="AMOUNT", help='Stake of a trade, or "unlimited".'),
    click.option("--fee", type=float, metavar="RATIO", help="Fee of each order as a ratio, e.g. 0.001."),
    click.option(
        "--slippage",
        type=click.FloatRange(0, 1, max_open=True),
        metavar="RATIO",
        help="Market orders and stops fill that much worse, e.g. 0.0005.  [0]",
    ),
    click.option(
        "--spread",
        type=click.FloatRange(0, 1, max_open=True),
        metavar="RATIO",
        help="Distance of ask and bid; entries and exits each pay half of it, e.g. 0.0004.  [0]",
    ),
    click.option(
        "--volume-cap",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="RATIO",
        help="Largest part of a candle's volume that an entry may take, e.g. 0.05.  [no limit]",
    ),
    click.option(
        "--gaps-through-stops",
        is_flag=True,
        help="Fill a stop that the candle opened beyond at its open, not at the stop.",
    ),
    click.option("-p", "--pairs", cls=ManyValues, metavar="PAIRS", help="Only these pairs."),
    click.option(
        "--eps",
        "--enable-position-stacking",
        "position_stacking",
        is_flag=True,
        help="Enter a pair that has an open trade, too.",
    ),
    click.option("--enable-protections", "--enableprotections", is_flag=True, help="Apply the protections."),
    click.option(
        "--dry-run-wallet",
        "--starting-balance",
        "dry_run_wallet",
        type=float,
        metavar="AMOUNT",
        help="Balance at the start.",
    ),
    click.option(
        "--timeframe-detail",
        metavar="TIMEFRAME",
        help="Shorter candles, to look into them, e.g. 1m.",
    ),
)
_OPTIONS = (
    *_SHARED,
    click.option(
        "--enable-dynamic-pairlist", is_flag=True, help="Evaluate the pair lists with every candle."
    ),
    click.option(
        "--strategy-list",
        cls=ManyValues,
        metavar="NAMES",
        help="Test several strategies in turn.",
    ),
    click.option(
        "--export",
        type=click.Choice(get_args(Export)),
        help="What is stored of the result.  [trades]",
    ),
    click.option("--backtest-filename", "--export-filename", "exportfilename", metavar="PATH", hidden=True),
    click.option(
        "--backtest-directory",
        "--export-directory",
        "exportdirectory",
        metavar="PATH",
        help="Folder of results.  [user_data/backtest_results]",
    ),
    click.option(
        "--breakdown",
        "backtest_breakdown",
        cls=ManyValues,
        type=click.Choice(PERIODS),
        help="Sum the result up by these periods, too.",
    ),
    click.option(
        "--cache",
        "backtest_cache",
        type=click.Choice(get_args(CacheAge)),
        help="How old a stored result of the same run may be that is shown again; none: test anew.  [day]",
    ),
    click.option("--freqai-backtest-live-models", is_flag=True, hidden=True),
    click.option("--notes", "backtest_notes", metavar="TEXT", help="Note to store with the result."),
)


def backtest_options(command: Command) -> Command:
    """Add the options of a backtest to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def shared_options(command: Command) -> Command:
    """Add the options that a search has, too."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the options override. Raises ConfigurationError."""
    if options.get("freqai_backtest_live_models") or options.get("freqaimodel"):
        raise ConfigurationError(
            "--freqaimodel, --freqai-backtest-live-models: FreqAI is not supported here: test a strategy "
            "without it"
        )
    given: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in options.items()
        if value != () and name != "freqai_backtest_live_models"
    }
    if pairs := given.pop("pairs", None):
        given["exchange.pair_whitelist"] = pairs
    given |= {f"backtest_realism.{name}": given.pop(name) for name in REALISM if name in given}
    if (stake := given.get("stake_amount")) not in (None, "unlimited"):
        given["stake_amount"] = _number(stake)
    if given.get("max_open_trades") == 0:
        del given["max_open_trades"]  # as in freqtrade, it overrides nothing
    return dict(overrides(given))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ConfigurationError(
            f'--stake-amount: expected a number or "unlimited", found "{text}"'
        ) from None

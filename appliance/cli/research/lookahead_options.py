"""The options of `lookahead-analysis` and `recursive-analysis`, with freqtrade's names."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from appliance.cli.data.many_values import ManyValues
from appliance.cli.research.options import settings_of
from appliance.research.planning import UNTRADED

Command = TypeVar("Command", bound=Callable[..., Any])

_FORMATS = ("json", "jsongz", "feather", "parquet")
_WITHOUT_EFFECT = {
    "enable_protections": "--enable-protections",
    "enable_dynamic_pairlist": "--enable-dynamic-pairlist",
    "timeframe_detail": "--timeframe-detail",
    "max_open_trades": "--max-open-trades",
    "stake_amount": "--stake-amount",
    "dry_run_wallet": "--dry-run-wallet",
    "fee": "--fee",
    "export": "--export",
    "exportfilename": "--backtest-filename",
    "exportdirectory": "--backtest-directory",
    "lookahead_allow_limit_orders": "--allow-limit-orders",
}
"""Options that freqtrade needs since it compares trades; here signals are compared."""

_CANDLES = (
    click.option(
        "-i", "--timeframe", metavar="TIMEFRAME", help="Candle length, e.g. 5m; overrides the strategy's."
    ),
    click.option(
        "--timerange", metavar="RANGE", help="Candles to use, e.g. 20250101-20250201, or 20250101T1200-."
    ),
    click.option(
        "--data-format-ohlcv", "dataformat_ohlcv", type=click.Choice(_FORMATS), help="Format of candle files."
    ),
    click.option("-p", "--pairs", cls=ManyValues, metavar="PAIRS", help="Only these pairs."),
)
_LOOKAHEAD = (
    click.option(
        "--strategy-list", cls=ManyValues, metavar="NAMES", help="Examine several strategies in turn."
    ),
    click.option(
        "--minimum-trade-amount",
        type=click.IntRange(min=1),
        metavar="N",
        help="With fewer signals than this there is no verdict.  [10]",
    ),
    click.option(
        "--targeted-trade-amount",
        type=click.IntRange(min=1),
        metavar="N",
        help="Check that many signals, however long it takes; more while that is quick.  [20]",
    ),
    click.option(
        "--lookahead-analysis-exportfilename",
        metavar="PATH",
        help="Add the verdict to this CSV file, or replace it there.",
    ),
    click.option("--max-open-trades", type=int, hidden=True),
    click.option("--stake-amount", hidden=True),
    click.option("--fee", type=float, hidden=True),
    click.option("--enable-protections", "--enableprotections", is_flag=True, hidden=True),
    click.option("--enable-dynamic-pairlist", is_flag=True, hidden=True),
    click.option("--dry-run-wallet", "--starting-balance", "dry_run_wallet", type=float, hidden=True),
    click.option("--timeframe-detail", hidden=True),
    click.option("--export", type=click.Choice(("none", "trades", "signals")), hidden=True),
    click.option("--backtest-filename", "--export-filename", "exportfilename", hidden=True),
    click.option("--backtest-directory", "--export-directory", "exportdirectory", hidden=True),
    click.option("--freqai-backtest-live-models", is_flag=True, hidden=True),
    click.option("--allow-limit-orders", "lookahead_allow_limit_orders", is_flag=True, hidden=True),
)
_RECURSIVE = (
    click.option(
        "--startup-candle",
        cls=ManyValues,
        type=click.IntRange(min=1),
        metavar="COUNTS",
        help="Numbers of candles before the last one to compare.  [199 399 499 999 1999]",
    ),
)


def lookahead_options(command: Command) -> Command:
    """Add the options of `lookahead-analysis` to a command."""
    return _added(command, (*_CANDLES, *_LOOKAHEAD))


def recursive_options(command: Command) -> Command:
    """Add the options of `recursive-analysis` to a command."""
    return _added(command, (*_CANDLES, *_RECURSIVE))


def _added(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def analysis_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the options override. Raises ConfigurationError.

    What concerns trades has no effect, as nothing is traded: a wallet that is too small is no obstacle.
    """
    given = {name: value for name, value in options.items() if name not in _WITHOUT_EFFECT}
    return {**settings_of(given), **UNTRADED}


def without_effect(options: Mapping[str, Any]) -> list[str]:
    """Return the given options that change nothing."""
    return [name for key, name in _WITHOUT_EFFECT.items() if options.get(key) not in (None, False, ())]

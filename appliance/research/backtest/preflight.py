"""Say what cannot be backtested before the first candle is read: settings, range, files, memory."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.backtest.options import BacktestOptions
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.config.settings import Settings
    from appliance.research.backtest.loading import CandleSource

_BYTES_A_ROW = 56
"""What a walk keeps of each candle: date, four prices, four signals, two tags."""
_BYTES_A_DETAIL_ROW = 40
_LEAST_FRAME_COLUMNS = 20
"""Columns of a small strategy's frame; the candles are there twice."""
_PROGRAM_BYTES = 150 * 1024 * 1024
_LEAST_BYTES_STORED = {"feather": 24, "parquet": 16, "json": 50, "jsongz": 16}
"""Bytes that a candle takes at least in a file."""


def check_settings(loaded: "LoadedSettings", options: BacktestOptions) -> None:
    """Raise ConfigurationError with a line for each setting that no backtest can have."""
    faults = [
        f"{loaded.gathered.place(tuple(key.split('.')))}: {key}: {text}"
        for key, text in _faults(loaded.settings, options)
    ]
    if faults:
        raise ConfigurationError(*faults)


def check_timeframes(timeframe: str, options: BacktestOptions) -> None:
    """Raise ConfigurationError for time frames that do not fit together."""
    shorter = options.timeframe_detail
    if not shorter:
        return
    try:
        fits = timeframes.seconds(shorter) < timeframes.seconds(timeframe)
    except ValueError as error:
        raise ConfigurationError(f"--timeframe-detail: {error}") from error
    if not fits:
        raise ConfigurationError(
            f"--timeframe-detail: expected less than the time frame {timeframe}, found {shorter}"
        )


def check_range(timerange: TimeRange, now_ms: int | None = None) -> None:
    """Raise ConfigurationError for a range that has not begun yet."""
    now_ms = int(time.time() * 1000) if now_ms is None else now_ms
    if timerange.start_ms is not None and timerange.start_ms > now_ms:
        begin = timeframes.to_date(timerange.start_ms)
        raise ConfigurationError(f"--timerange: it begins in the future, on {begin:%Y-%m-%d %H:%M}")


def check_candles(source: "CandleSource", pairs: Sequence[str]) -> None:
    """Look at all files that are going to be read, without reading them; of detail candles at the first.

    Raises DataError where none of the pairs has a file, or detail candles in the range, or one is incomplete.
    """
    if not any(source.files.size(source.key(pair)) for pair in pairs):
        raise DataError(source.nothing_of(pairs))
    for pair in pairs:
        for key in source.keys(pair):
            source.files.check(key)
    if source.options.timeframe_detail and not any(map(source.has_detail, pairs)):
        raise DataError(source.nothing_of_detail())


def check_memory(
    source: "CandleSource", pairs: Sequence[str], workers: int, available: int | None = None
) -> None:
    """Raise ConfigurationError if even a small strategy would need more memory than there is (bytes)."""
    available = available_memory() if available is None else available
    needed = needed_memory(source, pairs, workers)
    if available is not None and needed > available:
        raise ConfigurationError(
            f"Not enough memory: {len(pairs)} pairs need at least {_gigabytes(needed)}, "
            f"{_gigabytes(available)} are free: test fewer pairs (-p), or a shorter --timerange"
        )


def needed_memory(source: "CandleSource", pairs: Sequence[str], workers: int) -> int:
    """Return how much memory a backtest takes at least (bytes), estimated by range and file sizes."""
    rows = [_most_rows(source, pair, source.timeframe) for pair in pairs]
    detail = source.options.timeframe_detail
    details = sum(_most_rows(source, pair, detail) for pair in pairs) if detail else 0
    frames = workers * max(rows, default=0) * 8 * _LEAST_FRAME_COLUMNS
    return _PROGRAM_BYTES + sum(rows) * _BYTES_A_ROW + details * _BYTES_A_DETAIL_ROW + frames


def available_memory(
    meminfo: Path = Path("/proc/meminfo"), groups: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return how many bytes can still be used here, swap included; None where that is not known."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        free = sum(int(lines[name].split()[0]) for name in ("MemAvailable", "SwapFree")) * 1024
    except (OSError, ValueError, KeyError, IndexError):
        return None
    try:
        limit = int((groups / "memory.max").read_text())
        return min(free, limit - int((groups / "memory.current").read_text()))
    except (OSError, ValueError):  # no group, or one without a limit
        return free


def _faults(settings: "Settings", options: BacktestOptions) -> Iterator[tuple[str, str]]:
    if not settings.exchange.name:
        yield "exchange.name", 'missing; expected an exchange that ccxt knows, "simulated" or "replayed"'
    if settings.freqai.get("enabled"):
        yield "freqai.enabled", "expected false, found true; FreqAI is not supported here"
    if settings.exchange.use_public_trades:
        text = "expected false, found true; order flow is not supported here: use a strategy without it"
        yield "exchange.use_public_trades", text
    if settings.trading_mode is TradingMode.MARGIN:
        yield "trading_mode", 'expected "spot" or "futures", found "margin", which is not supported'
    needs_list = any(one.get("method") == "StaticPairList" for one in settings.pairlists)
    if needs_list and not settings.exchange.pair_whitelist:
        yield "exchange.pair_whitelist", "missing; name pairs to test, here or with -p"
    if not settings.strategy and not options.strategy_list:
        yield "strategy", "missing; expected the class name of a strategy, here or with -s"
    yield from _stake_faults(settings)


def _stake_faults(settings: "Settings") -> Iterator[tuple[str, str]]:
    wallet = settings.dry_run_wallet
    balance = wallet.get(settings.stake_currency, 0.0) if isinstance(wallet, Mapping) else wallet
    usable, stake = balance * settings.tradable_balance_ratio, settings.stake_amount
    if not isinstance(stake, str) and stake > usable:
        yield (
            "stake_amount",
            f"expected at most {usable:g} (dry_run_wallet × tradable_balance_ratio), found {stake:g}",
        )


def _most_rows(source: "CandleSource", pair: str, timeframe: str) -> int:
    """Return how many candles may be loaded at most, by the range and by the size of the file."""
    key = source.key(pair, timeframe)
    by_size = source.files.size(key) / _LEAST_BYTES_STORED[source.files.kind]
    start, end = source.timerange.start_ms, source.timerange.end_ms
    by_range = math.inf
    if start is not None and end is not None:
        by_range = (end - start) / timeframes.milliseconds(timeframe) + source.startup
    return int(min(by_size, by_range))


def _gigabytes(count: int) -> str:
    return f"{count / 1024**3:.1f} GB"

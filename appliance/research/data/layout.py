"""Name the files of candles and public trades as freqtrade does, and find those that are there.

`<data folder>/BTC_USDT-5m.feather`; what is not a spot candle lies in the folder `futures` and has its type:
`futures/BTC_USDT_USDT-1h-mark.feather`. Trades: `BTC_USDT-trades.feather`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from appliance.domain import timeframe as timeframes

CandleType = Literal["spot", "futures", "mark", "index", "premiumIndex", "funding_rate", "open_interest"]
CANDLE_TYPES: tuple[CandleType, ...] = get_args(CandleType)

OHLCV_COLUMNS = ("open", "high", "low", "close", "volume")
_OTHER_COLUMNS: dict[str, tuple[str, ...]] = {
    "funding_rate": ("funding_rate",),
    "open_interest": ("open_interest_amount", "open_interest_value"),
}

FUTURES_FOLDER = "futures"
_EXTENSIONS = {"jsongz": "json.gz"}
_REPLACED = re.compile(r"[/ .@$+:]")
_CANDLES = re.compile(r"(?P<pair>[\w-]+)-(?P<timeframe>\d+[a-zA-Z]{1,2})(?:-(?P<type>[a-zA-Z_]+))?")
_TRADES = re.compile(r"(?P<pair>\S+)-trades")


def extension_of(kind: str) -> str:
    """Return how the names of files of a format end."""
    return _EXTENSIONS.get(kind, kind)


def columns_of(candle_type: str) -> tuple[str, ...]:
    """Return the columns beside `date` that candles of this type have."""
    return _OTHER_COLUMNS.get(candle_type, OHLCV_COLUMNS)


@dataclass(frozen=True, order=True)
class CandleKey:
    """Name one series of candles."""

    pair: str
    timeframe: str
    candle_type: CandleType = "spot"

    def __str__(self) -> str:
        kind = "" if self.candle_type in ("spot", "futures") else f" ({self.candle_type})"
        return f"{self.pair} {self.timeframe}{kind}"


def candle_file(folder: Path, key: CandleKey, extension: str) -> Path:
    """Return the file of a series. A month is written `1Mo`: some file systems take M and m for the same."""
    timeframe = key.timeframe.replace("M", "Mo")
    suffix = ""
    if key.candle_type != "spot":
        folder, suffix = folder / FUTURES_FOLDER, f"-{key.candle_type}"
    return folder / f"{file_name(key.pair)}-{timeframe}{suffix}.{extension}"


def trades_file(folder: Path, pair: str, extension: str, *, futures: bool) -> Path:
    """Return the file of a pair's public trades."""
    return (folder / FUTURES_FOLDER if futures else folder) / f"{file_name(pair)}-trades.{extension}"


def candle_keys(folder: Path, extension: str, *, futures: bool) -> Iterator[CandleKey]:
    """Yield the series that have a file, by name."""
    for stem in _stems(folder, extension, futures=futures):
        found = _CANDLES.fullmatch(stem)
        kind = (found["type"] or "spot") if found else ""
        if found is None or kind not in CANDLE_TYPES:
            continue
        timeframe = re.sub(r"(?<=\d)mo$", "M", found["timeframe"], flags=re.IGNORECASE)
        try:
            timeframes.seconds(timeframe)
        except ValueError:
            continue
        yield CandleKey(_pair(found["pair"]), timeframe, kind)


def traded_pairs(folder: Path, extension: str, *, futures: bool) -> Iterator[str]:
    """Yield the pairs that have a file of public trades, by name."""
    for stem in _stems(folder, extension, futures=futures):
        if found := _TRADES.fullmatch(stem):
            yield _pair(found["pair"])


def _stems(folder: Path, extension: str, *, futures: bool) -> list[str]:
    place = folder / FUTURES_FOLDER if futures else folder
    files = (file for file in place.glob(f"*.{extension}") if file.is_file())
    return sorted(file.name.removesuffix(f".{extension}") for file in files)


def file_name(pair: str) -> str:
    """Return a pair as names of files have it."""
    return _REPLACED.sub("_", pair)


def _pair(stem: str) -> str:
    return stem.replace("_", "/", 1).replace("_", ":", 1)

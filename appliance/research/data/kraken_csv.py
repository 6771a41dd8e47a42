"""Read the archives of trades that Kraken offers for download: CSV files, one a pair, like `XBTUSD.csv`.

A row is the time (s since 1970 UTC), the price (quote) and the amount (base currency). An archive of all
years and those of single quarters may lie side by side in folders of their own. Source of the names: Kraken's
"altname", base and quote by Kraken's own codes (XBT for BTC, XDG for DOGE).
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from appliance.domain.errors import DataError
from appliance.research.data.trades import PublicTrades

FOLDER = "trades_csv"
"""Where they are looked for, below the folder of Kraken's data."""

_QUOTES = (
    *("USD", "EUR", "GBP", "CAD", "AUD", "JPY", "CHF", "AED", "XBT", "ETH", "DAI", "USDT", "USDC", "EURC"),
)
CURRENCIES = {
    "XBT": "BTC",
    "XDG": "DOGE",
    "FEE": "KFEE",
    "UST": "USTC",
    "LUNA": "LUNC",
    "LUNA2": "LUNA",
    "REP": "REPV1",
    "REPV2": "REP",
}
"""What ccxt calls the currencies for which Kraken has a code of its own."""


def files_by_pair(folder: Path) -> dict[str, list[Path]]:
    """Return the files below a folder by pair, e.g. `BTC/USD`; without those of no known quote currency."""
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.rglob("*.csv")):
        quote = max((one for one in _QUOTES if file.stem.endswith(one)), key=len, default="")
        base = file.stem.removesuffix(quote)
        if quote and base:
            names = (CURRENCIES.get(code, code) for code in (base, quote))
            found.setdefault("/".join(names), []).append(file)
    return found


def read_trades(files: Iterable[Path]) -> PublicTrades:
    """Return the trades of one pair's files, oldest first. Where files overlap, the later one counts.

    Raises DataError for a file that cannot be read.
    """
    parts = sorted(filter(len, map(_read_file, files)), key=lambda part: int(part.timestamps[0]))
    trades = PublicTrades.of_rows(())
    for part in parts:
        trades = trades.with_span_of(part)
    return trades


def _read_file(file: Path) -> PublicTrades:
    import pandas as pd  # late: heavy

    try:
        rows = pd.read_csv(file, names=["timestamp", "price", "amount"], usecols=[0, 1, 2], low_memory=False)
    except pd.errors.EmptyDataError:
        return PublicTrades.of_rows(())
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{file} cannot be read ({reason}): expected rows of time, price, amount") from error
    numbers = rows.apply(pd.to_numeric, errors="coerce").dropna().to_numpy(dtype=float)  # a heading is none
    numbers = numbers[np.argsort(numbers[:, 0], kind="stable")]
    price, amount = numbers[:, 1].copy(), numbers[:, 2].copy()
    unknown = np.full(len(numbers), "", dtype=object)
    return PublicTrades(
        {
            "timestamp": np.round(numbers[:, 0] * 1000).astype(np.int64),
            **dict.fromkeys(("id", "type", "side"), unknown),
            "price": price,
            "amount": amount,
            "cost": price * amount,
        }
    )

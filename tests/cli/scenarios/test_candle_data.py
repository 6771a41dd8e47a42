"""`download-data`, `list-data` and the commands that convert, as a newcomer without a network uses them."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.data.trades import PublicTrades, TradeFiles

SIMULATED = ("--exchange", "simulated")
FIRST = 1735689600000
MINUTES = CandleKey("BTC/USDT", "1m")


def test_candles_are_downloaded_listed_and_converted(appliance: Any, folder: Path) -> None:
    done = appliance(
        "download-data", *SIMULATED, "--pairs", "BTC/USDT", "ETH/USDT", "--days", "2", "-t", "1h", "4h"
    )
    assert done.status == 0, done.err
    data = folder / "user_data" / "data" / "simulated"
    files = CandleFiles(data, "feather")
    assert len(files.keys(futures=False)) == 4
    assert len(files.load(CandleKey("BTC/USDT", "1h"))) >= 48

    listed = appliance("list-data", *SIMULATED)
    assert listed.out.splitlines() == [
        "Pair\tTimeframe\tType",
        "BTC/USDT\t1h, 4h\tspot",
        "ETH/USDT\t1h, 4h\tspot",
    ]
    listed = appliance("list-data", *SIMULATED, "--show-timerange", "-p", "ETH/.*")
    assert listed.out.splitlines()[1].startswith("ETH/USDT\t1h\tspot\t20")

    again = appliance("download-data", *SIMULATED, "--pairs", "BTC/USDT", "--days", "2", "-t", "1h")
    assert "up to date" in again.err

    done = appliance("convert-data", *SIMULATED, "--format-from", "feather", "--format-to", "json", "--erase")
    assert done.status == 0
    assert not list(data.glob("*.feather"))
    assert len(list(data.glob("*.json"))) == 4


def test_trades_become_candles_and_change_their_format(appliance: Any, folder: Path) -> None:
    data = folder / "user_data" / "data" / "simulated"
    trades = PublicTrades.of_rows(
        [(1735689600000 + i * 20_000, str(i), None, "buy", 1.0 + i, 2.0, 2.0) for i in range(9)]
    )
    TradeFiles(data, "feather").save("BTC/USDT", trades)
    assert "BTC/USDT\tspot" in appliance("list-data", *SIMULATED, "--trades").out
    assert appliance("trades-to-ohlcv", *SIMULATED, "-t", "1m").status == 0
    assert CandleFiles(data, "feather").load(CandleKey("BTC/USDT", "1m"))[:, 1].tolist() == [1, 4, 7]
    converting = ("convert-trade-data", *SIMULATED, "--format-from", "feather", "--format-to", "jsongz")
    assert appliance(*converting, "--erase").status == 0
    assert TradeFiles(data, "jsongz").pairs() == ["BTC/USDT"]


KRAKEN = ("--format-from", "kraken_csv", "--format-to", "feather")


def test_archives_of_kraken_become_trades(appliance: Any, folder: Path) -> None:
    data = folder / "user_data" / "data" / "kraken"
    (data / "trades_csv" / "2025").mkdir(parents=True)
    (data / "trades_csv" / "2025" / "XBTUSD.csv").write_text("1735689600,10,1\n1735689600,10,1\n")
    done = appliance("convert-trade-data", "--exchange", "kraken", *KRAKEN)
    assert (done.status, done.err.splitlines()[0]) == (0, "BTC/USD: 2 trades"), done.err
    assert appliance("trades-to-ohlcv", "--exchange", "kraken", "-t", "1m").status == 0
    assert CandleFiles(data, "feather").load(CandleKey("BTC/USD", "1m"))[0, 5] == 2


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (SIMULATED, "expected the exchange kraken, found simulated"),
        (("--exchange", "kraken", "--trading-mode", "futures"), "its trades are of spot markets"),
        (("--exchange", "kraken", "--erase"), "remove them by hand"),
    ],
)
def test_archives_of_kraken_are_for_kraken(appliance: Any, options: tuple[str, ...], line: str) -> None:
    done = appliance("convert-trade-data", *options, *KRAKEN)
    assert done.status == 2
    assert line in done.err


def stored_around_trades(data: Path) -> CandleFiles:
    """Store five candles of a minute, and trades in the third and fourth of them."""
    files = CandleFiles(data, "feather")
    files.save(MINUTES, np.array([[FIRST + i * 60_000, 50, 50, 50, 50, 7] for i in range(5)], dtype=float))
    trades = [(FIRST + i * 60_000, str(i), None, "buy", 1.0 + i, 2.0, 2.0) for i in (2, 3)]
    TradeFiles(data, "feather").save("BTC/USDT", PublicTrades.of_rows(trades))
    return files


@pytest.mark.parametrize(
    ("options", "opens"),
    [
        ((), [50, 50, 3, 50, 50]),
        (("--timerange", f"-{(FIRST + 2 * 60_000) // 1000}"), [50, 50, 3, 50, 50]),
        (("--timerange", "20260101-"), [50, 50, 50, 50, 50]),
        (("--erase",), [3, 4]),
        (("--erase", "--timerange", "20260101-"), [50, 50, 50, 50, 50]),
    ],
)
def test_candles_of_trades_never_remove_others_unasked(
    appliance: Any, folder: Path, options: tuple[str, ...], opens: list[int]
) -> None:
    files = stored_around_trades(folder / "user_data" / "data" / "simulated")
    done = appliance("trades-to-ohlcv", *SIMULATED, "-t", "1m", *options)
    assert done.status == 0, done.err
    assert files.load(MINUTES)[:, 1].tolist() == opens


def test_conversion_keeps_what_the_other_format_has(appliance: Any, folder: Path) -> None:
    data = folder / "user_data" / "data" / "simulated"
    stored_around_trades(data)
    older = CandleFiles(data, "json")
    older.save(MINUTES, np.array([[FIRST - 60_000, 1, 1, 1, 1, 1], [FIRST, 1, 1, 1, 1, 1]], dtype=float))
    trades = [(FIRST + at, None, None, "buy", 9.0, 1.0, 1.0) for at in (0, 120_000)]
    TradeFiles(data, "json").save("BTC/USDT", PublicTrades.of_rows(trades))
    to_feather = (*SIMULATED, "--format-from", "json", "--format-to", "feather")
    assert appliance("convert-data", *to_feather).status == 0
    assert CandleFiles(data, "feather").load(MINUTES)[:, 1].tolist() == [1, 1, 50, 50, 50, 50]
    assert appliance("convert-trade-data", *to_feather).status == 0
    prices = TradeFiles(data, "feather").load("BTC/USDT").columns["price"]
    assert prices.tolist() == [9, 9, 4]


def test_futures_need_no_configuration(appliance: Any, folder: Path) -> None:
    futures = (*SIMULATED, "--trading-mode", "futures")
    done = appliance("download-data", *futures, "-p", "BTC/USDT:USDT", "-t", "4h", "--days", "2")
    assert done.status == 0, done.err
    assert appliance("list-data", *futures).out.splitlines()[1:] == [
        "BTC/USDT:USDT\t1h\tfunding_rate",
        "BTC/USDT:USDT\t1h\tmark",
        "BTC/USDT:USDT\t4h\tfutures",
    ]


@pytest.mark.parametrize("more", [(), ("--data-format-trades", "jsongz", "--no-parallel-download")])
def test_trades_are_downloaded_and_become_candles(
    appliance: Any, folder: Path, more: tuple[str, ...]
) -> None:
    """Candles that were downloaded before stay as they are: the simulated trades make the very same."""
    data = folder / "user_data" / "data" / "simulated"
    options = (*SIMULATED, "-p", "BTC/USDT", "--days", "1", "-t", "5m", "1h")
    assert appliance("download-data", *options).status == 0
    files = CandleFiles(data, "feather")
    keys = files.keys(futures=False)
    before = [files.load(key) for key in keys]
    done = appliance("download-data", *options, "--dl-trades", "--convert", *more)
    assert done.status == 0, done.err
    assert "new trades" in done.err
    for key, candles in zip(keys, before, strict=True):
        assert np.allclose(files.load(key)[: len(candles)], candles, rtol=1e-9)
    kind = "jsongz" if more else "feather"
    listed = appliance("list-data", *SIMULATED, "--trades", "--show-timerange", "--data-format-trades", kind)
    assert int(listed.out.splitlines()[1].split("\t")[4]) >= 4 * 3 * 60 * 24


def test_all_types_of_candles_are_downloaded(appliance: Any, folder: Path) -> None:
    futures = (*SIMULATED, "--trading-mode", "futures", "-p", "BTC/USDT:USDT", "-t", "1h", "--days", "2")
    kinds = ("futures", "mark", "index", "premiumIndex", "funding_rate", "open_interest")
    done = appliance("download-data", *futures, "--candle-types", *kinds)
    assert done.status == 0, done.err
    stored = folder / "user_data" / "data" / "simulated" / "futures"
    assert {file.name for file in stored.iterdir()} == {f"BTC_USDT_USDT-1h-{kind}.feather" for kind in kinds}
    to_json = (*SIMULATED, "--format-from", "feather", "--format-to", "json", "--erase")
    assert appliance("convert-data", *to_json).status == 0
    assert {file.name for file in stored.iterdir()} == {f"BTC_USDT_USDT-1h-{kind}.json" for kind in kinds}


def test_candles_of_trades_say_what_they_replaced(appliance: Any, folder: Path) -> None:
    stored_around_trades(folder / "user_data" / "data" / "simulated")
    done = appliance("trades-to-ohlcv", *SIMULATED, "-t", "1m")
    assert "BTC/USDT 1m: 2 candles; of the stored ones, 1 replaced, 4 kept" in done.err


def test_a_failed_download_gives_its_reason_once(appliance: Any, folder: Path) -> None:
    data = folder / "user_data" / "data" / "simulated"
    data.mkdir(parents=True)
    (data / "BTC_USDT-1h.feather").write_bytes(b"damaged")
    done = appliance("download-data", *SIMULATED, "-p", "BTC/USDT", "-t", "1h", "4h", "--days", "1")
    assert done.status == 2
    assert done.err.count("incomplete or not a feather file") == 1
    assert "1 of 2 series failed" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("download-data",), "exchange.name is missing"),
        (("download-data", *SIMULATED), "--pairs"),
        (("download-data", *SIMULATED, "-p", "BTC/USDT:USDT"), "--trading-mode futures"),
        (("download-data", "--exchange", "bybit", "-p", "BTC/USDT", "--dl-trades"), "newest public trades"),
        (("download-data", *SIMULATED, "-p", "NO/PAIR"), "simulated has none of NO/PAIR"),
        (("download-data", *SIMULATED, "-p", "BTC/USDT", "-t", "5x"), "'5x' is not a time frame"),
        (("download-data", *SIMULATED, "-p", "BTC/USDT", "-t", "7m"), "simulated has no candles of '7m'"),
        (("download-data", *SIMULATED, "-p", "BTC/USDT", "--timerange", "yesterday"), "--timerange"),
        (("download-data", "--exchange", "binanec", "-p", "BTC/USDT"), "did you mean binance"),
        (("download-data", *SIMULATED, "--pairs-file", "pairs.json"), "pairs.json"),
        (("convert-data", *SIMULATED, "--format-from", "json", "--format-to", "json"), "another format"),
    ],
)
def test_what_cannot_be_done_is_one_line(appliance: Any, folder: Path, arguments: Any, said: str) -> None:
    outcome = appliance(*arguments)
    assert outcome.status == 2
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not (folder / "user_data").exists()


@pytest.mark.parametrize("content", ["{}", "[1]", "no json"])
def test_an_invalid_pairs_file_is_named(appliance: Any, folder: Path, content: str) -> None:
    (folder / "pairs.json").write_text(content)
    outcome = appliance("download-data", *SIMULATED, "--pairs-file", "pairs.json")
    assert outcome.status == 2
    assert "pairs.json: expected a JSON list of pairs" in outcome.err


def test_pairs_may_come_from_a_file_or_the_configuration(appliance: Any, folder: Path) -> None:
    (folder / "pairs.json").write_text(json.dumps(["SOL/USDT"]))
    (folder / "config.json").write_text(
        json.dumps(
            {"stake_currency": "USDT", "exchange": {"name": "simulated", "pair_whitelist": ["XRP/USDT"]}}
        )
    )
    more = ("--timeframes", "1d", "--days", "3")
    assert appliance("download-data", "--pairs-file", "pairs.json", *more).status == 0
    assert appliance("download-data", *more).status == 0
    assert [line.split()[0] for line in appliance("list-data").out.splitlines()[1:]] == [
        "SOL/USDT",
        "XRP/USDT",
    ]


def test_with_nothing_found_it_says_what_to_do(appliance: Any, folder: Path) -> None:
    outcome = appliance("list-data", *SIMULATED)
    assert outcome.status == 0
    assert "download-data" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trades-to-ohlcv",), "No public trades"),
        (("convert-data", "--format-from", "json", "--format-to", "feather"), "0 series converted"),
        (("convert-trade-data", "--format-from", "json", "--format-to", "feather"), "0 pairs converted"),
    ],
)
def test_a_conversion_of_nothing_says_so(appliance: Any, folder: Path, arguments: Any, said: str) -> None:
    outcome = appliance(*arguments, *SIMULATED)
    assert outcome.status == 0
    assert said in outcome.err


def test_where_there_is_nothing_it_is_said_what_and_how_to_get_it(appliance: Any, folder: Path) -> None:
    outcome = appliance("list-data", *SIMULATED, "--trades", "-p", "BTC/USDT")
    assert outcome.status == 0
    assert "No public trades of BTC/USDT" in outcome.err
    assert "download-data --dl-trades" in outcome.err


def test_a_log_file_gets_what_was_downloaded(appliance: Any, folder: Path) -> None:
    options = (*SIMULATED, "-p", "BTC/USDT", "-t", "1h", "--logfile", "log.txt")
    assert appliance("download-data", *options, "--days", "1").status == 0
    assert re.search(r"BTC/USDT 1h: \d+ new candles", (folder / "log.txt").read_text())
    outcome = appliance("download-data", *options, "--days", "9")
    assert "use --prepend" in outcome.err
    assert "up to date" in outcome.err


def test_patterns_choose_what_is_converted(appliance: Any, folder: Path) -> None:
    stored_around_trades(folder / "user_data" / "data" / "simulated")
    to_json = (*SIMULATED, "--format-from", "feather", "--format-to", "json", "-p", "BTC/.*", "ETH/USDT")
    for command in ("convert-data", "convert-trade-data"):
        done = appliance(command, *to_json)
        assert done.status == 0
        assert "1 " in done.err
        assert "ETH/USDT: nothing is stored" in done.err
    done = appliance("trades-to-ohlcv", *SIMULATED, "-p", "btc/.*", "-t", "1m")
    assert "BTC/USDT 1m: 2 candles" in done.err


def test_without_rights_it_is_said_of_each_series(appliance: Any, folder: Path) -> None:
    """Also where root runs the tests: a folder stands in the way."""
    data = folder / "user_data" / "data" / "simulated"
    (data / "BTC_USDT-1h.feather").mkdir(parents=True)
    (data / "BTC_USDT-trades.feather").mkdir()
    options = (*SIMULATED, "-p", "BTC/USDT", "ETH/USDT", "-t", "1h", "--days", "1")
    for more in ((), ("--dl-trades",)):
        done = appliance("download-data", *options, *more)
        assert done.status == 2
        assert "1 of 2 series failed" in done.err
        assert "Is a directory" in done.err
    assert appliance("list-data", *SIMULATED).out.splitlines()[1:] == ["ETH/USDT\t1h\tspot"]

"""Kraken's own archives of trades."""

from pathlib import Path

import pytest

from appliance.domain.errors import DataError
from appliance.exchange.ccxt_import import exchange_class
from appliance.research.data import kraken_csv


def write(file: Path, *rows: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{row}\n" for row in rows))
    return file


def test_files_are_known_by_their_pair(tmp_path):
    names = ("XBTUSD", "ETHXBT", "XDGEUR", "SOLUSDT", "USDTUSD", "ETHUSDC", "LUNA2USD", "EUR", "README")
    for name in names:
        write(tmp_path / "years" / f"{name}.csv")
    write(tmp_path / "quarter" / "XBTUSD.csv")
    found = kraken_csv.files_by_pair(tmp_path)
    assert sorted(found) == [
        *("BTC/USD", "DOGE/EUR", "ETH/BTC", "ETH/USDC", "LUNA/USD", "SOL/USDT", "USDT/USD"),
    ]
    assert [file.parent.name for file in found["BTC/USD"]] == ["quarter", "years"]


def test_currencies_are_named_as_ccxt_names_them():
    named = exchange_class("kraken")().commonCurrencies
    assert {code: named[code] for code in kraken_csv.CURRENCIES} == kraken_csv.CURRENCIES


def test_trades_of_several_archives_are_one_history(tmp_path):
    """Trades of one moment are all kept: each is a part of its candle's volume."""
    years = write(
        tmp_path / "a" / "XBTUSD.csv", "1700000000,10.0,1", "1700000000,10.0,1", "1700000060,12.0,2"
    )
    quarter = write(tmp_path / "b" / "XBTUSD.csv", "1700000060.25,12.5,2,9", "1700000120,11.0,0.5,9")
    trades = kraken_csv.read_trades([quarter, years])
    assert list(trades.rows(("timestamp", "price", "amount", "cost"))) == [
        (1700000000000, 10.0, 1.0, 10.0),
        (1700000000000, 10.0, 1.0, 10.0),
        (1700000060000, 12.0, 2.0, 24.0),
        (1700000060250, 12.5, 2.0, 25.0),
        (1700000120000, 11.0, 0.5, 5.5),
    ]
    assert set(trades.columns["id"]) == {""}


def test_headings_and_empty_files_do_no_harm(tmp_path):
    with_heading = write(tmp_path / "XBTUSD.csv", "timestamp,price,volume", "1700000000,10,1")
    assert len(kraken_csv.read_trades([with_heading, write(tmp_path / "empty.csv")])) == 1
    assert len(kraken_csv.read_trades([])) == 0


def test_a_file_that_is_none_is_named(tmp_path):
    file = write(tmp_path / "XBTUSD.csv", "1700000000")
    with pytest.raises(DataError, match=f"{file} cannot be read .*: expected rows of time, price, amount"):
        kraken_csv.read_trades([file])

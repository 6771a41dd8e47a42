"""Our figures over a database of 1,500 closed trades, beside what freqtrade 2026.9 answered over it."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from appliance.domain.market import Balance
from appliance.reports.balance import balances
from appliance.reports.closed_figures import closed_figures
from appliance.reports.profit import profit
from appliance.reports.trade_record import trades_page
from appliance.reports.trade_view import open_trade_view
from appliance.storage.store import Store

DATA = Path(__file__).parents[1] / "data/reports"
RECORDED = json.loads((DATA / "answers.json").read_text())
ANSWERS = RECORDED["answers"]
STARTING_BALANCE = 10_000 * 0.99
TEXTS_OF_OUR_OWN = ("first_trade_humanized", "latest_trade_humanized", "note")


@pytest.fixture
async def store(tmp_path):
    path = tmp_path / "trades.sqlite"
    path.write_bytes(gzip.decompress((DATA / "closed-1500.sqlite.gz").read_bytes()))
    store = await Store.open(f"sqlite:///{path}")
    yield store
    await store.close()


def assert_alike(ours, theirs, at=""):
    """Hold every field of theirs against ours: numbers to 1e-8, all else exactly."""
    if isinstance(theirs, dict):
        for name, value in theirs.items():
            if name not in TEXTS_OF_OUR_OWN:
                assert_alike(ours[name], value, f"{at}.{name}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), at
        for number, (mine, value) in enumerate(zip(ours, theirs, strict=True)):
            assert_alike(mine, value, f"{at}[{number}]")
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-8), at
    else:
        assert ours == theirs, at


async def test_profit(store):
    figures = closed_figures(await store.closed_trades(), STARTING_BALANCE)
    report = profit(
        figures,
        [],
        {},
        balance=ANSWERS["balance"]["total_bot"],
        first_started=None,
        now=datetime.fromisoformat(RECORDED["recorded_at"]),
    )
    assert_alike(msgspec.to_builtins(report), ANSWERS["profit"])
    assert report.latest_trade_humanized == "6 hours ago"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("trades?limit=20", (20, 0, False)),
        ("trades?limit=20&offset=1480", (20, 1480, False)),
        ("trades?limit=20&order_by_id=false", (20, 0, True)),
    ],
)
async def test_pages_of_trades(store, query, page):
    trades, total = await store.trades_page(*page)
    shown = msgspec.to_builtins(trades_page(trades, page[1], total))
    theirs = ANSWERS[query]  # of which the first two trades are kept
    assert (shown["total_trades"], shown["trades_count"]) == (theirs["total_trades"], theirs["trades_count"])
    assert_alike(shown["trades"][:2], theirs["trades"])


async def test_one_trade(store):
    trade = await store.trade(7)
    assert_alike(msgspec.to_builtins(open_trade_view(trade, None)), ANSWERS["trade/7"])


def test_balance():
    held = 10128.41214296
    shown = balances(
        {"USDT": Balance("USDT", held, 0.0, held)},
        [],
        stake_currency="USDT",
        available_stake=held * 0.99,
        starting_capital=STARTING_BALANCE,
        rate_in_stake=lambda _: None,
        dry_run=True,
    )
    assert_alike(msgspec.to_builtins(shown), ANSWERS["balance"])

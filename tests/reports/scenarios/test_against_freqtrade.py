"""Our figures beside what freqtrade 2026.9 answered over the same databases: 1,500 trades, and odd cases."""

import gzip
import json
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from appliance.domain.market import Balance
from appliance.reports.balance import Account, balances
from appliance.reports.periods import periods
from appliance.reports.profit import profit
from appliance.reports.views.closed_trade import trade_record
from appliance.reports.views.trade import open_trade_view, status
from appliance.storage.store import Store
from tests.support.comparing import assert_alike
from tests.support.summing import closed_figures, entries, exits, made_by_day, mix_tags, performance, stats

DATA = Path(__file__).parents[2] / "data/reports"
RECORDED = json.loads((DATA / "answers.json").read_text())
ANSWERS = RECORDED["answers"]
STARTING_BALANCE = 10_000 * 0.99
ODD = json.loads((DATA / "databases/answers.json").read_text())


@asynccontextmanager
async def opened(packed, folder):
    path = folder / "trades.sqlite"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    store = await Store.open(f"sqlite:///{path}")
    yield store
    await store.close()


@pytest.fixture
async def store(tmp_path):
    async with opened(DATA / "closed-1500.sqlite.gz", tmp_path) as store:
        yield store


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
    "query", ["trades?limit=20", "trades?limit=20&offset=1480", "trades?limit=20&order_by_id=false"]
)
async def test_closed_trades(store, query):
    for theirs in ANSWERS[query]["trades"]:
        (trade,) = await store.trades([theirs["trade_id"]])
        assert_alike(msgspec.to_builtins(trade_record(trade)), theirs)


async def test_one_trade(store):
    trade = await store.trade(7)
    assert_alike(msgspec.to_builtins(open_trade_view(trade, None)), ANSWERS["trade/7"])


def test_balance():
    held = 10128.41214296
    shown = balances(
        Account(
            held={"USDT": Balance("USDT", held, 0.0, held)},
            stake_currency="USDT",
            available_stake=held * 0.99,
            starting_capital=STARTING_BALANCE,
            dry_run=True,
        ),
        [],
        lambda _: None,
    )
    assert_alike(msgspec.to_builtins(shown), ANSWERS["balance"])


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("performance", performance),
        ("entries", entries),
        ("exits", exits),
        ("mix_tags", mix_tags),
        ("stats", stats),
        ("entries?pair=BTC/USDT", lambda trades: entries(trades, "BTC/USDT")),
        ("exits?pair=BTC/USDT", lambda trades: exits(trades, "BTC/USDT")),
        ("mix_tags?pair=BTC/USDT", lambda trades: mix_tags(trades, "BTC/USDT")),
    ],
)
async def test_what_groups_of_trades_made(store, query, told):
    assert_alike(msgspec.to_builtins(told(await store.closed_trades())), ANSWERS[query])


@pytest.mark.parametrize(
    ("query", "unit", "count"),
    [
        ("daily?timescale=30", "days", 30),
        ("weekly?timescale=8", "weeks", 8),
        ("monthly?timescale=13", "months", 13),
    ],
)
async def test_what_periods_made(store, query, unit, count):
    told = periods(
        made_by_day(await store.closed_trades()),
        unit,
        count,
        today=date(2026, 11, 22),
        balance=ANSWERS["balance"]["total_bot"],
        stake_currency="USDT",
    )
    assert_alike(msgspec.to_builtins(told), ANSWERS[query])


@pytest.mark.parametrize("name", list(ODD["answers"]))
async def test_odd_databases(tmp_path, name):
    """No trade, one, only losers, shorts with leverage, partial exits, split entries, trades still open."""
    async with opened(DATA / f"databases/{name}.sqlite.gz", tmp_path) as store:
        closed, still_open = await store.closed_trades(), await store.open_trades()
    theirs, now = ODD["answers"][name], datetime.fromisoformat(ODD["now"])

    def profit_of(still_open, side=None):
        figures = closed_figures(closed, ODD["starting_balance"], side)
        balance, rates = ODD["balance"], ODD["rates"]
        return profit(figures, still_open, rates, balance=balance, first_started=None, now=now)

    ours = {
        "profit": profit_of(still_open),
        "performance": performance(closed),
        "entries": entries(closed),
        "exits": exits(closed),
        "mix_tags": mix_tags(closed),
        "entries_pair": entries(closed, "BTC/USDT"),
        "exits_pair": exits(closed, "BTC/USDT"),
        "mix_tags_pair": mix_tags(closed, "BTC/USDT"),
        "stats": stats(closed),
        "status": status({trade.id: trade for trade in still_open}, ODD["rates"]),
    }
    for side in ("long", "short"):
        ours[f"profit_{side}"] = profit_of(
            [trade for trade in still_open if trade.trade_direction == side], side
        )
    for unit in ("days", "weeks", "months"):
        ours[unit] = periods(
            made_by_day(closed),
            unit,
            len(theirs[unit]["data"]),
            today=now.date(),
            balance=ODD["balance"],
            stake_currency="USDT",
        )
    assert_alike(msgspec.to_builtins(ours), theirs)

"""Databases of freqtrade's before 2022.9 are taken over, after a copy, with the figures that freqtrade shows.

`tests/data/storage/older` has one of each generation, with invented rows, and what freqtrade 2026.9 says of
those that it opens (`Trade.to_json`): it refuses those from before there was a table of orders.
"""

import json
import shutil
import sqlite3
import stat
from pathlib import Path

import msgspec
import pytest

from appliance.domain.errors import StorageError
from appliance.reports.views.trade import trade_view
from appliance.storage.store import Store
from tests.storage.database.test_migrations import tables

DATA = Path(__file__).parents[2] / "data" / "storage"
OPENED_BY_FREQTRADE = ["2020", "2021", "2022-02", "2022-05"]
ALL = ["2018", "2019", *OPENED_BY_FREQTRADE]

# Kept for what is taken over as freqtrade keeps it for new trades; it fills them in at its own start.
FILLED_IN = {"trading_mode", "precision_mode"}


def database(file: Path, generation: str, more: str = "") -> Path:
    connection = sqlite3.connect(file)
    connection.executescript((DATA / "older" / f"{generation}.sql").read_text() + more)
    connection.close()
    return file


async def shown(file: Path) -> list[dict]:
    """Return the trades as the API shows them."""
    store = await Store.open(f"sqlite:///{file}")
    try:
        both = [*await store.open_trades(), *await store.closed_trades()]
        trades = [await store.trade(number) for number in sorted(trade.id for trade in both)]
        return [msgspec.to_builtins(trade_view(trade)) for trade in trades]
    finally:
        await store.close()


def of_freqtrade(generation: str) -> list[dict]:
    return json.loads((DATA / "older" / f"{generation}.json").read_text())


def common(ours: dict, theirs: dict) -> tuple[dict, dict]:
    """Return both without what one of them alone has."""
    keys = (ours.keys() & theirs.keys()) - FILLED_IN - {"orders"}
    return {key: ours[key] for key in keys}, {key: theirs[key] for key in keys}


@pytest.mark.parametrize("generation", OPENED_BY_FREQTRADE)
async def test_trades_have_the_figures_that_freqtrade_shows(file, generation):
    ours, theirs = await shown(database(file, generation)), of_freqtrade(generation)
    assert len(ours) == len(theirs) > 1
    for our, their in zip(ours, theirs, strict=True):
        assert len(set(our) & set(their)) > 50
        one, other = common(our, their)
        assert one == other
        assert len(our["orders"]) == len(their["orders"])
        for order, expected in zip(our["orders"], their["orders"], strict=True):
            assert order == {key: expected[key] for key in order}


async def test_so_it_is_with_a_file_as_users_have_it(file):
    shutil.copy(DATA / "old-schema-2021.sqlite", file)
    for our, their in zip(await shown(file), of_freqtrade("2021"), strict=True):
        one, other = common(our, their)
        assert one == other


@pytest.mark.parametrize("generation", ALL)
async def test_a_copy_is_kept_as_it_was_for_its_owner_alone(file, generation):
    before = tables(database(file, generation))
    await shown(file)
    copy = file.with_name(f"{file.name}.before-takeover.bak")
    assert tables(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    await shown(file)  # the second start finds nothing to do
    assert [one.name for one in file.parent.glob("*.bak")] == [copy.name]


@pytest.mark.parametrize("generation", ALL)
async def test_the_tables_are_todays_and_sound(file, tmp_path, generation):
    await (await Store.open(f"sqlite:///{database(file, generation)}")).close()
    new = tmp_path / "new.sqlite"
    await (await Store.open(f"sqlite:///{new}")).close()
    ours, expected = tables(file), tables(new)
    assert {name: sorted(map(str, ours[name])) for name in expected} == {
        name: sorted(map(str, described)) for name, described in expected.items()
    }
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


async def test_open_trades_from_before_there_were_orders_hold_what_they_held(file):
    store = await Store.open(f"sqlite:///{database(file, '2019')}")
    trades = {trade.pair: trade for trade in await store.open_trades()}
    await store.close()
    held = {
        pair: sum(order.safe_filled for order in trade.orders if order.ft_order_side == "buy")
        for pair, trade in trades.items()
    }
    assert held == {"ETH/USDT": 50.0, "XRP/USDT": 0.0, "LTC/USDT": 50.0}
    standing = {
        (order.order_id, order.ft_order_side, order.ft_amount, order.ft_price)
        for trade in trades.values()
        for order in trade.orders
        if order.ft_is_open
    }
    assert standing == {
        ("stop2", "stoploss", 50.0, 1.84),
        ("buy3", "buy", 50.0, 2.001),
        ("sell4", "sell", 50.0, 2.3),
    }


async def test_what_was_taken_over_can_be_written(file):
    store = await Store.open(f"sqlite:///{database(file, '2020')}")
    first, *_ = await store.open_trades()
    first.stop_loss = 1.9
    await store.save(first)
    assert (await store.trade(first.id)).stop_loss == 1.9
    await store.close()


async def test_locks_are_for_both_sides(file):
    store = await Store.open(f"sqlite:///{database(file, '2021', LOCK)}")
    trade = await store.trade(2)
    assert [lock.side for lock in await store.locks(trade.open_date)] == ["*"]
    await store.close()


LOCK = """
INSERT INTO pairlocks (pair, reason, lock_time, lock_end_time, active)
VALUES ('ADA/USDT', 'x', '2021-09-01 10:00:00.000000', '2031-09-01 10:00:00.000000', 1);
"""


@pytest.mark.parametrize("column", ["pair", "open_date"])
async def test_a_table_that_is_not_freqtrades_is_refused_and_not_changed(file, column):
    database(file, "2021", f"ALTER TABLE trades RENAME COLUMN {column} TO something;")
    before = tables(file)
    with pytest.raises(StorageError, match=rf"not freqtrade's, its trades have no {column}"):
        await Store.open(f"sqlite:///{file}")
    assert tables(file) == before


async def test_without_room_for_the_copy_nothing_is_touched(file, monkeypatch):
    before = tables(database(file, "2021"))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("appliance.storage.database.legacy_tables._new_file", full)
    with pytest.raises(StorageError, match="the backup before the takeover failed"):
        await Store.open(f"sqlite:///{file}")
    assert tables(file) == before

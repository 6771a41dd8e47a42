"""The schema: made anew, taken over from freqtrade, brought up to date."""

import sqlite3
from pathlib import Path

import pytest

from appliance.domain.errors import StorageError
from appliance.storage.database.migrations import STEPS
from appliance.storage.store import Store
from tests.support.stored_trades import write_dump


def tables(file: Path) -> dict[str, list[tuple]]:
    """Return columns, unique constraints, foreign keys and indexes of freqtrade's tables, by table."""
    connection = sqlite3.connect(file)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    described = {}
    for name in names:
        if name.startswith("appliance_"):
            continue
        described[name] = [
            *connection.execute(f'PRAGMA table_info("{name}")'),
            *connection.execute(f'PRAGMA foreign_key_list("{name}")'),
        ]
        for _, index, unique, *_ in sorted(connection.execute(f'PRAGMA index_list("{name}")').fetchall()):
            columns = [column for *_, column in connection.execute(f'PRAGMA index_info("{index}")')]
            described[name].append((index, unique, columns))
    connection.close()
    return described


async def test_a_new_database_has_freqtrades_tables_exactly(file, tmp_path):
    theirs = tmp_path / "theirs.sqlite"
    write_dump(theirs)
    store = await Store.open(f"sqlite:///{file}")
    await store.close()
    ours, expected = tables(file), tables(theirs)
    assert ours.keys() == expected.keys()
    for name, described in expected.items():
        assert sorted(map(str, ours[name])) == sorted(map(str, described)), name


async def test_taking_over_leaves_freqtrades_tables_as_they_were(made_by_freqtrade):
    before = tables(made_by_freqtrade)
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    await store.close()
    assert tables(made_by_freqtrade) == before


async def test_opening_again_changes_nothing(file):
    for _ in range(2):
        store = await Store.open(f"sqlite:///{file}")
        await store.close()
    connection = sqlite3.connect(file)
    assert [row[0] for row in connection.execute("SELECT version FROM appliance_schema")] == list(
        range(1, len(STEPS) + 1)
    )
    connection.close()


async def test_a_newer_schema_is_refused_and_left_alone(file):
    store = await Store.open(f"sqlite:///{file}")
    await store.close()
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO appliance_schema (version) VALUES (900)")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match=r"newer version of this program \(schema 900.*update"):
        await Store.open(f"sqlite:///{file}")


OLDER = """
ALTER TABLE trades DROP COLUMN record_version;
ALTER TABLE trades DROP COLUMN funding_fee_running;
ALTER TABLE trades DROP COLUMN precision_mode_price;
ALTER TABLE trades DROP COLUMN is_stop_loss_trailing;
ALTER TABLE orders DROP COLUMN ft_order_tag;
ALTER TABLE orders DROP COLUMN ft_amount;
ALTER TABLE orders DROP COLUMN ft_price;
ALTER TABLE pairlocks DROP COLUMN side;
DROP TABLE wallet_history;
UPDATE trades SET stop_loss_pct = -0.05 WHERE id = 1;
UPDATE trades SET leverage = 2, max_stake_amount = 100 WHERE id = 3;
"""


async def test_an_older_freqtrades_tables_get_the_missing_columns(file):
    write_dump(file, OLDER)
    store = await Store.open(f"sqlite:///{file}")
    first, second = await store.open_trades()
    assert (first.is_stop_loss_trailing, second.is_stop_loss_trailing) == (True, False)
    assert first.precision_mode_price == first.precision_mode == 4
    assert [(o.ft_amount, o.ft_price) for o in first.orders] == [(0.5, 100.0), (0.5, 110.0)]
    assert [trade.max_stake_amount for trade in await store.closed_trades()] == [50.0]
    assert [lock.side for lock in await store.locks(first.open_date)] == ["*"]
    first.orders[0].ft_order_tag = "dip"
    await store.save(first)
    assert await store.trade(1) == first
    await store.close()


BEFORE_FEES = """
DELETE FROM appliance_schema WHERE version > 5;
DROP TABLE appliance_orders;
CREATE TABLE appliance_orders (
    ft_pair VARCHAR(25) NOT NULL, order_id VARCHAR(255) NOT NULL, client_order_id VARCHAR(255) NOT NULL,
    PRIMARY KEY (ft_pair, order_id), FOREIGN KEY (ft_pair, order_id) REFERENCES orders (ft_pair, order_id)
    ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX ix_appliance_orders_client_order_id ON appliance_orders (client_order_id);
INSERT INTO appliance_orders SELECT ft_pair, order_id, 'ours' FROM orders WHERE ft_trade_id = 1 LIMIT 1;
UPDATE trades SET realized_profit = -31.64, close_profit_abs = -0.73 WHERE id = 3;
"""


async def test_a_database_without_fees_of_orders_gets_a_place_for_them(made_by_freqtrade):
    await (await Store.open(f"sqlite:///{made_by_freqtrade}")).close()
    connection = sqlite3.connect(made_by_freqtrade)
    connection.executescript(BEFORE_FEES)
    connection.close()
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    trade = await store.trade(1)
    ours, *others = trade.orders
    assert [o.client_order_id for o in trade.orders] == ["ours", *[None] * len(others)]
    assert ours.fee_in_quote == pytest.approx(ours.filled * ours.safe_price * trade.fee_open)
    assert {order.fee_in_quote for order in others} == {None}
    trade.orders[-1].fee_in_quote = 0.25
    await store.save(trade)
    assert await store.trade(1) == trade
    await store.close()


async def test_a_trade_that_closed_with_the_profit_of_its_last_exit_gets_that_of_all(made_by_freqtrade):
    await (await Store.open(f"sqlite:///{made_by_freqtrade}")).close()
    connection = sqlite3.connect(made_by_freqtrade)
    connection.executescript(BEFORE_FEES)
    connection.close()
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    (closed,) = [trade for trade in await store.closed_trades() if trade.id == 3]
    trade = await store.trade(3)
    made = {closed.close_profit_abs, closed.realized_profit, trade.close_profit_abs, trade.realized_profit}
    assert made == {-31.64}
    await store.close()

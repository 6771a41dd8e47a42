"""kill -9 at any moment: the database opens, whole saves only, and none that was told is missing."""

import asyncio
import random
import sqlite3
import sys
from pathlib import Path

from appliance.storage.store import Store

ROUNDS = 12
LONGEST_LIFE = 0.03
"""Seconds from the first save on; a save takes a few milliseconds, so a kill falls anywhere within one."""


async def killed_while_saving(url: str, life: float) -> dict[int, int]:
    """Run the restless writer, kill it, and return for each trade how many orders it told to be saved."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.restless", url, stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    first = await process.stdout.readline()
    assert first, "the database that the round before left did not open"
    await asyncio.sleep(life)
    process.kill()
    rest, _ = await process.communicate()
    assert process.returncode == -9
    # The last line may be torn; only whole ones were told.
    lines = (first + rest).decode().split("\n")[:-1]
    return {int(trade): int(orders) for trade, orders in (line.split() for line in lines)}


async def test_a_bot_killed_in_the_middle_of_saving_loses_nothing_that_was_saved(file):
    url = f"sqlite:///{file}"
    chance = random.Random(20260901)
    told: dict[int, int] = {}
    for _ in range(ROUNDS):
        told |= await killed_while_saving(url, chance.uniform(0, LONGEST_LIFE))
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    store = await Store.open(url)
    kept = {trade.id: trade for trade in await store.open_trades()}
    await store.close()
    assert len(kept) >= ROUNDS
    for trade in kept.values():
        assert trade.amount == len(trade.orders) == trade.custom_data["n"]
        assert all(order.client_order_id == order.order_id for order in trade.orders)
    for trade_id, orders in told.items():
        assert len(kept[trade_id].orders) >= orders

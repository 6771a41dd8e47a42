"""Save trades without end, telling each save once it has returned: `<trade id> <orders>` a line.

A trade of n orders has an amount of n and custom data n, so that a save torn apart would show.
"""

import asyncio
import sys

from appliance.storage.store import Store
from tests.support.stored_trades import new_order, new_trade

ORDERS = 4


async def main(url: str) -> None:
    store = await Store.open(url)
    taken = len(await store.find_trades())
    while True:
        taken += 1
        trade = new_trade(f"C{taken}/USDT", orders=0)
        for number in range(1, ORDERS + 1):
            trade.orders.append(
                new_order(trade.pair, f"{taken}-{number}", client_order_id=f"{taken}-{number}")
            )
            trade.amount = float(number)
            trade.set_custom_data("n", number)
            await store.save(trade)
            sys.stdout.write(f"{trade.id} {number}\n")
            sys.stdout.flush()


asyncio.run(main(sys.argv[1]))

"""What is urgent goes ahead in ccxt's throttle."""

import asyncio

from ccxt.async_support.base.throttler import Throttler

from appliance.exchange.priority import UrgentFirst, urgent


async def test_urgent_questions_go_first_in_their_order():
    throttler = UrgentFirst(Throttler({"tokens": -1, "refillRate": 1.0, "delay": 0.0}))
    order: list[str] = []

    async def ask(name: str) -> None:
        await throttler(1.0)
        order.append(name)

    usual = [asyncio.create_task(ask(f"usual {number}")) for number in (1, 2)]
    with urgent():
        ahead = [asyncio.create_task(ask(f"urgent {number}")) for number in (1, 2)]
    await asyncio.gather(*usual, *ahead)
    assert order == ["urgent 1", "urgent 2", "usual 1", "usual 2"]
    assert not throttler._ahead
    assert len(throttler.queue) == 0

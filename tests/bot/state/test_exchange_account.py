"""The account's balances: asked for when an order has changed them, and once for all who want to know."""

import asyncio

import pytest

from appliance.bot.state.book import TradeBook
from appliance.bot.state.exchange_account import ExchangeAccount
from appliance.domain.errors import TemporaryExchangeError
from appliance.domain.market import Balance


class Answering:
    """Tell growing balances when allowed to."""

    def __init__(self) -> None:
        self.questions = 0
        self.fails = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def fetch_balances(self) -> dict[str, Balance]:
        self.questions += 1
        total = float(self.questions)
        await self.may_answer.wait()
        if self.fails:
            raise TemporaryExchangeError("no answer")
        return {"ETH": Balance("ETH", free=total, used=0.0, total=total)}


async def opened_account() -> tuple[ExchangeAccount, Answering]:
    gateway = Answering()
    made = ExchangeAccount(gateway, TradeBook(), "USDT")
    await made.catch_up()
    assert gateway.questions == 1
    return made, gateway


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_only_what_an_order_has_changed_is_requested():
    account, gateway = await opened_account()
    account.outdated("ETH", "BNB", None)
    await account.catch_up("SOL")
    assert gateway.questions == 1
    await account.catch_up("BNB")
    assert gateway.questions == 2
    await account.catch_up("ETH")
    await account.catch_up()
    assert gateway.questions == 2
    account.outdated("ETH")
    await account.catch_up("USDT")
    assert gateway.questions == 3
    account.outdated()
    await account.catch_up("SOL")
    assert gateway.questions == 4


async def test_those_who_ask_at_the_same_time_share_a_question():
    account, gateway = await opened_account()
    account.outdated()
    gateway.may_answer.clear()
    waiting = [asyncio.create_task(account.catch_up(name)) for name in ("ETH", "SOL", None)]
    await settled()
    gateway.may_answer.set()
    await asyncio.gather(*waiting)
    assert gateway.questions == 2


async def test_an_answer_from_before_an_order_is_not_taken_for_one_after_it():
    account, gateway = await opened_account()
    account.outdated("ETH")
    gateway.may_answer.clear()
    first = asyncio.create_task(account.catch_up("ETH"))
    await settled()
    account.outdated("ETH")
    second = asyncio.create_task(account.catch_up("ETH"))
    await account.catch_up("SOL")  # nothing has changed it: it waits for nobody
    gateway.may_answer.set()
    await asyncio.gather(first, second)
    assert (gateway.questions, account.balances["ETH"].total) == (3, 3.0)


async def test_what_fails_or_is_given_up_is_asked_again():
    account, gateway = await opened_account()
    account.outdated("ETH")
    gateway.fails = True
    with pytest.raises(TemporaryExchangeError):
        await account.catch_up("ETH")
    gateway.fails = False
    gateway.may_answer.clear()
    impatient = asyncio.create_task(account.catch_up("ETH"))
    await settled()
    patient = asyncio.create_task(account.catch_up("ETH"))
    await settled()
    impatient.cancel()
    await settled()
    gateway.may_answer.set()
    await patient
    assert (gateway.questions, account.balances["ETH"].total) == (3, 3.0)

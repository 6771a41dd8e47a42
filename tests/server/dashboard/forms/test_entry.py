"""Enter a trade by its form: what it costs and risks is shown before it is sent, and is what comes of it."""

import math
from typing import TYPE_CHECKING

import pytest

from tests.server.dashboard.forms.conftest import Person
from tests.server.dashboard.pages.test_overview import HOSTILE
from tests.support.scripted import Scene

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

PREVIEW = "/dashboard/entry_preview"


async def test_the_preview_says_what_it_costs_and_risks(person: Person) -> None:
    _, text = await person.look(f"{PREVIEW}?pair=ETH/USDT")
    assert "Buy 1 ETH at 100.000" in text
    assert "Costs 100.00 USDT and about 0.10 fee" in text
    assert "At risk −10.19 USDT −1.02 % of 1,000.00, if the stop is hit" in text
    assert "Stop loss 90.0000 −10.00 %" in text
    assert "Least stake 5.83 USDT Available 1,000.00 USDT Slots 0 of 2 taken" in text


async def test_nothing_is_asked_before_a_pair_is_named(person: Person) -> None:
    status, text = await person.look("/enter")
    assert status == 200
    assert "as soon as a pair is named" in text


async def test_the_entry_is_what_the_form_states(person: Person, stage: Scene) -> None:
    await person.page("/enter?pair=ETH/USDT")
    fields = {"pair": " ETH/USDT ", "price": "99.5", "ordertype": "limit", "stake": "50", "tag": HOSTILE}
    status, text = await person.send("force_entry", **fields)
    assert (status, text) == (200, "Trade 1: entering ETH/USDT, long. Its order waits to be filled.")
    [trade] = stage.bot.book.open.values()
    [order] = trade.orders
    assert (order.order_type, order.ft_price, trade.enter_tag) == ("limit", 99.5, HOSTILE)
    assert trade.stake_amount == pytest.approx(50, abs=0.01)
    _, page = await person.page(f"/trades/{trade.id}")
    assert "<script>alert" not in page


async def test_an_entry_that_is_sent_twice_is_made_once(person: Person, stage: Scene) -> None:
    await person.page("/enter")
    for _ in range(2):
        status, text = await person.send("force_entry", pair="ETH/USDT")
        assert status == 200
    assert "not done again. Trade 1: entering ETH/USDT" in text
    assert len(stage.bot.book.open) == 1


async def test_a_refused_entry_may_be_corrected_and_sent_again(person: Person, stage: Scene) -> None:
    await person.page("/enter")
    assert (await person.send("force_entry", pair="NOPE/USDT"))[0] == 409
    assert (await person.send("force_entry", pair="ETH/USDT", stake="x"))[0] == 422
    assert (await person.send("force_entry", pair="ETH/USDT"))[0] == 200
    assert len(stage.bot.book.open) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("pair=NOPE/USDT", "This would be refused: NOPE/USDT is not traded on scripted."),
        ("pair=ETH/USDT&side=short", "This would be refused: spot markets cannot be shorted."),
        ("pair=ETH/USDT&side=up", "a side: long or short"),
        ("pair=ETH/USDT&stake=2", "the stake of 2 is less than 5.83"),
        ("pair=ETH/USDT&stake=2000", "The stake becomes 1000"),
        ("pair=ETH/USDT&stake=900", "The stop risks more than 5 %"),
        ("pair=ETH/USDT&price=abc", '"abc" is not a rate'),
        ("pair=ETH/USDT&price=1e999", "is not a rate"),
        (
            "pair=ETH/USDT&price=120&ordertype=limit",
            "The limit is 20.0% above the present rate: the order fills",
        ),
        ("pair=ETH/USDT&price=80", "may not fill"),
        ("pair=ETH/USDT&price=80&ordertype=market", "A market order has no rate"),
        ("pair=%3Cscript%3E", "<script> is not traded on scripted"),
    ],
)
async def test_what_is_wrong_or_odd_is_said_before_it_is_sent(person: Person, query: str, said: str) -> None:
    status, page = await person.page(f"{PREVIEW}?{query}")
    assert status == 200
    assert "<script>" not in page
    assert said in (await person.look(f"{PREVIEW}?{query}"))[1]


async def test_a_lock_and_a_full_book_are_said(person: Person, stage: Scene) -> None:
    now = stage.bot.now()
    await stage.bot.interventions.add_lock("ETH/USDT", now.replace(hour=20), "*", "cooling down")
    _, text = await person.look(f"{PREVIEW}?pair=ETH/USDT")
    assert (
        "ETH/USDT is locked until 2026-01-05 20:05 UTC (cooling down); this entry is made all the same."
        in text
    )
    for pair in ("ETH/USDT", "BTC/USDT"):
        await stage.enter(pair)
    assert "trade 1 in ETH/USDT is open already" in (await person.look(f"{PREVIEW}?pair=ETH/USDT"))[1]
    assert "maximum number of open trades" in (await person.look(f"{PREVIEW}?pair=SOL/USDT"))[1]


async def test_without_the_exchange_the_form_says_so(person: Person, stage: Scene) -> None:
    stage.market.down = True
    _, text = await person.look(f"{PREVIEW}?pair=ETH/USDT")
    assert "This would be refused: " in text
    _, text = await person.look(f"{PREVIEW}?pair=ETH/USDT&price=100")
    assert "the present rate is not known" in text
    assert "Costs 100.00 USDT" in text


@pytest.mark.parametrize("stake", ["", "33.3", "250"])
@pytest.mark.parametrize("price", ["", "97.31"])
async def test_the_preview_is_what_comes_of_it(stage: Scene, person: Person, stake: str, price: str) -> None:
    """Compare with what entering and the stop really cost, on the books of the bot."""
    bot: Bot = stage.bot
    from appliance.server.dashboard.forms.entry import entry_request

    request = entry_request({"pair": "ETH/USDT", "stake": stake, "price": price})
    shown = await bot.preview_entry(request)
    free = bot.wallets.get_free("USDT")
    trade = await bot.force_enter(request)
    await stage.cycle(ETH=float(price or 100))
    assert shown.plan is not None
    assert trade.amount == pytest.approx(shown.plan.amount)
    assert trade.stop_loss == shown.stop
    assert free - bot.wallets.get_free("USDT") == pytest.approx(shown.cost, abs=0.01)
    await stage.cycle(ETH=shown.stop)
    await stage.cycle()
    [closed] = bot.book.closed
    assert closed.close_profit_abs == pytest.approx(shown.loss, rel=1e-3)
    assert math.isclose(bot.wallets.get_free("USDT"), free + shown.loss, abs_tol=0.02)

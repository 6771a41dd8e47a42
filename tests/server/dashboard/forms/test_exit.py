"""Exit a trade by its form: all of it or a part, at once or at a rate."""

import pytest

from tests.server.dashboard.forms.conftest import Person
from tests.support.scripted import Scene


@pytest.fixture
async def trade(stage: Scene):
    await stage.cycle()
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    stage.market.prices["ETH/USDT"] = 104.0
    return trade


async def test_the_form_says_what_it_would_make(person: Person, trade) -> None:
    status, text = await person.look(f"/trades/{trade.id}/exit")
    assert status == 200
    assert "Sell 1 ETH at 104.000" in text
    assert "Result +3.80 USDT +3.79 %, after fees" in text
    assert "nothing: the trade closes" in text


async def test_a_part_leaves_the_rest_open(person: Person, trade, stage: Scene) -> None:
    _, text = await person.look(f"/dashboard/trades/{trade.id}/exit_preview?part=25")
    assert "Sell 0.25 ETH at 104.000" in text
    assert "Remains 0.75 ETH worth 78.00 USDT" in text
    await person.page(f"/trades/{trade.id}/exit")
    status, text = await person.send(f"trades/{trade.id}/exit", part="25", ordertype="market")
    assert (status, text) == (200, f"Created exit order for trade {trade.id}: 0.25 ETH of it.")
    await stage.cycle()
    assert trade.is_open
    assert trade.amount == pytest.approx(0.75)


async def test_a_part_that_is_sent_twice_is_sold_once(person: Person, trade, stage: Scene) -> None:
    await person.page(f"/trades/{trade.id}/exit")
    answers = [await person.send(f"trades/{trade.id}/exit", part="50", ordertype="market") for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    assert "was sent before, and is not done again" in answers[1][1]
    await stage.cycle()
    assert trade.amount == pytest.approx(0.5)


async def test_without_a_ticket_nothing_is_sold(person: Person, trade) -> None:
    status, text = await person.send(f"trades/{trade.id}/exit", ticket="", part="50")
    assert (status, trade.amount) == (409, 1.0)
    assert "open it again" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"part": "size"}, "Enter how much to exit."),
        ({"part": "size", "size": "101", "unit": "percent"}, "More than 100 %"),
        ({"part": "size", "size": "-1", "unit": "amount"}, '"-1" is not an amount'),
        ({"part": "size", "size": "0,5", "unit": "amount"}, "Use a point for decimals."),
        ({"price": "<b>"}, "is not a rate"),
        ({"price": "1e999"}, "is not a rate"),
        ({"ordertype": "market", "price": "100"}, "A market order has no rate"),
        ({"ordertype": "iceberg"}, "Choose limit or market"),
    ],
)
async def test_what_is_unclear_is_asked_again(person: Person, trade, fields, said) -> None:
    await person.page(f"/trades/{trade.id}/exit")
    status, text = await person.send(f"trades/{trade.id}/exit", **fields)
    assert status == 422
    assert said in text
    assert trade.amount == 1.0
    assert not trade.has_open_orders


async def test_a_part_that_leaves_too_little_is_refused_before_and_when_sent(person: Person, trade) -> None:
    _, text = await person.look(f"/dashboard/trades/{trade.id}/exit_preview?part=size&size=99&unit=percent")
    assert "This would be refused: what remains would be worth 1.04" in text
    await person.page(f"/trades/{trade.id}/exit")
    status, text = await person.send(f"trades/{trade.id}/exit", part="size", size="99", unit="percent")
    assert status == 409
    assert "What remains would be worth 1.04" in text


async def test_a_limit_far_away_is_pointed_out(person: Person, trade) -> None:
    preview = f"/dashboard/trades/{trade.id}/exit_preview?ordertype=limit&price="
    assert "the order fills at once" in (await person.look(preview + "90"))[1]
    assert "the order may not fill" in (await person.look(preview + "150"))[1]
    assert "the order" not in (await person.look(preview + "104.1"))[1]


async def test_without_scripts_the_answer_is_a_page(person: Person, trade) -> None:
    await person.page(f"/trades/{trade.id}/exit")
    status, text = await person.send(f"trades/{trade.id}/exit", scripts=False, part="all")
    assert status == 200
    assert f"Created exit order for trade {trade.id}." in text
    assert "Overview" in text


async def test_a_trade_that_is_gone(person: Person, trade, stage: Scene) -> None:
    await person.page(f"/trades/{trade.id}/exit")
    await person.send(f"trades/{trade.id}/exit", part="all")
    await stage.cycle()
    _, text = await person.look(f"/trades/{trade.id}/exit")
    assert f"This would be refused: trade {trade.id} is closed." in text
    status, text = await person.send(f"trades/{trade.id}/exit", part="all")
    assert (status, text) == (404, f"Trade {trade.id} is not open any more")
    assert (await person.look("/trades/99/exit"))[0] == 404
    assert (await person.look(f"/trades/{'9' * 400}/exit"))[0] == 404
    assert (await person.send(f"trades/{'9' * 400}/exit"))[0] == 404


async def test_a_trade_that_has_bought_nothing_is_removed(person: Person, stage: Scene) -> None:
    """It used to say that an exit order was created, and lead to a trade that was not there."""
    unfilled = await stage.enter("ETH/USDT", price=50.0)
    await person.page(f"/trades/{unfilled.id}/exit")
    status, text = await person.send(f"trades/{unfilled.id}/exit")
    assert status == 200
    assert text == f"Trade {unfilled.id} is removed: its order is cancelled, and it had bought nothing."


async def test_all_are_exited_with_what_they_make_in_sight(person: Person, trade, stage: Scene) -> None:
    await stage.enter("BTC/USDT")
    await stage.cycle()
    _, text = await person.look("/exit")
    assert "+3.60 USDT if exited now" in text
    assert "ETH/USDT long +3.80 +3.79 %" in text
    assert "The bot goes on: it enters new trades" in text
    assert (await person.send("exit_all", ordertype="?"))[0] == 422
    assert await person.send("exit_all", ordertype="market") == (
        200,
        "Created exit orders for all open trades.",
    )
    await stage.cycle()
    assert not stage.bot.book.open
    assert "No trade is open." in (await person.look("/exit"))[1]

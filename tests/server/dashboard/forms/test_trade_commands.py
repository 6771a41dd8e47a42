"""Cancel, delete and reload a trade: the form says what happens, and then it does."""

from tests.server.dashboard.forms.conftest import Person
from tests.support.scripted import Scene


async def test_an_unfilled_entry_is_cancelled_with_its_trade(person: Person, stage: Scene) -> None:
    trade = await stage.enter("ETH/USDT", price=50.0)
    _, text = await person.look(f"/trades/{trade.id}/cancel")
    assert "limit buy of 2 ETH at 50.0000" in text
    assert "An entry that has filled nothing is removed with its trade." in text
    status, text = await person.send(f"trades/{trade.id}/cancel")
    assert status == 200
    assert text == f"Trade {trade.id} is removed: its order is cancelled, and it had bought nothing."
    assert not stage.bot.book.open


async def test_there_may_be_nothing_to_cancel(person: Person, stage: Scene) -> None:
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    _, page = await person.page(f"/trades/{trade.id}/cancel")
    assert "No order of this trade is open." in page
    assert 'type="submit">Cancel' not in page
    status, text = await person.send(f"trades/{trade.id}/cancel")
    assert status == 409
    assert "has no open order" in text


async def test_deleting_says_that_the_coins_stay(person: Person, stage: Scene) -> None:
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    _, text = await person.look(f"/trades/{trade.id}/delete")
    assert "It sells nothing." in text
    assert "1 ETH, worth about 100.00 USDT, stay in the account" in text
    status, text = await person.send(f"trades/{trade.id}/delete")
    assert status == 200
    assert f"Trade {trade.id} is deleted" in text
    assert not stage.bot.book.open
    assert (await person.look(f"/trades/{trade.id}/delete"))[0] == 404
    assert (await person.send(f"trades/{'9' * 400}/delete", ticket=""))[0] == 404


async def test_reloading_says_whether_anything_changed(person: Person, stage: Scene) -> None:
    trade = await stage.enter("ETH/USDT", price=99.0)
    assert (await person.look(f"/trades/{trade.id}/reload"))[0] == 200
    status, text = await person.send(f"trades/{trade.id}/reload")
    assert (status, text) == (200, f"Trade {trade.id} is as the exchange has it: nothing has changed.")
    stage.market.prices["ETH/USDT"] = 98.0
    await person.page(f"/trades/{trade.id}/reload")
    assert "and has changed" in (await person.send(f"trades/{trade.id}/reload"))[1]
    assert trade.amount


async def test_each_command_is_in_the_audit_log_with_its_trade(person: Person, stage: Scene) -> None:
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    await person.page(f"/trades/{trade.id}/delete")
    await person.send(f"trades/{trade.id}/delete")
    lines, _, _ = await stage.bot.audit_log(2, 0)
    assert lines[0].record.what == f"DELETE /trades/{trade.id}"
    assert f"; trade {trade.id}: 1 ETH/USDT" in (lines[0].record.before or "")
    assert lines[0].record.origin.startswith("dashboard")

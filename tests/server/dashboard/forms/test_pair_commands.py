"""Lock and unlock pairs, and change the blacklist."""

import pytest

from tests.server.dashboard.forms.conftest import Person
from tests.server.dashboard.pages.test_overview import HOSTILE
from tests.support.scripted import Scene


async def test_a_pair_is_locked_and_unlocked(person: Person, stage: Scene) -> None:
    await person.page("/lock?pair=ETH/USDT")
    status, text = await person.send("locks", pair="ETH/USDT", duration="4h", reason=HOSTILE)
    assert status == 200
    assert text.startswith("ETH/USDT is locked until 2026-01-05 16:")
    [lock] = stage.bot.locks.active(stage.bot.now())
    for path in ("/pairs", "/pairs/ETH/USDT", f"/locks/{lock.id}/unlock"):
        status, page = await person.page(path)
        assert status == 200
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    status, text = await person.send(f"locks/{lock.id}/unlock")
    assert (status, text) == (200, "ETH/USDT is unlocked.")
    assert (await person.send(f"locks/{lock.id}/unlock", ticket=""))[0] == 404
    assert (await person.look(f"/locks/{lock.id}/unlock"))[0] == 404


async def test_all_pairs_are_locked_until_a_time(person: Person) -> None:
    await person.page("/lock")
    until = {"pair": "*", "duration": "until"}
    for wrong in ("", "tomorrow", "2025-01-01T00:00"):
        assert (await person.send("locks", **until, until=wrong))[0] == 422
    status, text = await person.send("locks", **until, until="2026-01-06T10:00")
    assert (status, text) == (200, "All pairs are locked until 2026-01-06 10:05:00 UTC.")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pair": "NOPE/USDT"}, 'has no pair "NOPE/USDT"'),
        ({"pair": ""}, "Use * for all pairs."),
        ({"pair": "ETH/USDT", "side": "up"}, "Choose a side"),
        ({"pair": "ETH/USDT", "reason": "x" * 300}, "Reason is too long"),
    ],
)
async def test_what_is_unclear_locks_nothing(person: Person, stage: Scene, fields, said) -> None:
    await person.page("/lock")
    status, text = await person.send("locks", **fields)
    assert status == 422
    assert said in text
    assert not stage.bot.locks.active(stage.bot.now())


async def test_the_blacklist_is_added_to_and_removed_from(person: Person, stage: Scene) -> None:
    await person.page("/blacklist/add")
    status, text = await person.send("blacklist/add", pairs="SOL/USDT, .*DOWN/.*\n\n[")
    assert status == 200
    assert text.startswith(
        "SOL/USDT, .*DOWN/.* added to the blacklist until the bot is restarted. Not so: '[' is"
    )
    assert stage.bot.blacklist == ["SOL/USDT", ".*DOWN/.*"]
    _, page = await person.page("/pairs")
    assert 'href="blacklist/remove?pattern=.%2ADOWN%2F.%2A"' in page
    _, text = await person.look("/blacklist/remove?pattern=.%2ADOWN%2F.%2A")
    assert "Without .*DOWN/.* on the blacklist" in text
    assert (await person.send("blacklist/remove", pattern=".*DOWN/.*"))[0] == 200
    assert stage.bot.blacklist == ["SOL/USDT"]
    await person.page("/blacklist/remove?pattern=x")
    status, text = await person.send("blacklist/remove", pattern="x")
    assert (status, text) == (422, "X is not on the blacklist.")


@pytest.mark.parametrize("pairs", ["", " , \n"])
async def test_nothing_is_not_blacklisted(person: Person, pairs: str) -> None:
    await person.page("/blacklist/add")
    assert (await person.send("blacklist/add", pairs=pairs))[0] == 422

"""Pair locks over the API."""

import pytest

from tests.support.schema import answer_schema, differences

FAR = "2099-01-01 00:00:00Z"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"pair": "ETH/USDT", "until": FAR}, ("list_type", ["body"])),
        ("ETH/USDT", ("list_type", ["body"])),
        ([7], ("model_attributes_type", ["body", 0])),
        ([{"until": FAR}], ("missing", ["body", 0, "pair"])),
        ([{"pair": "ETH/USDT"}], ("missing", ["body", 0, "until"])),
        ([{"pair": "ETH/USDT", "until": "whenever"}], ("datetime_from_date_parsing", ["body", 0, "until"])),
        ([{"pair": "ETH/USDT", "until": None}], ("datetime_type", ["body", 0, "until"])),
        ([{"pair": "ETH/USDT", "until": "2099-01-01 00:00:00"}], ("timezone_aware", ["body", 0, "until"])),
        ([{"pair": "ETH/USDT", "until": FAR, "side": 5}], ("string_type", ["body", 0, "side"])),
        ([{"pair": "A/B", "until": FAR}, {"pair": "A/B"}], ("missing", ["body", 1, "until"])),
    ],
)
async def test_an_invalid_list_of_locks_is_reported(api, body, problem):
    answer = await api.post("/locks", body)
    assert answer.status == 422
    assert [(told["type"], told["loc"]) for told in answer.body["detail"]] == [problem]
    assert (await api.get("/locks")).body == {"lock_count": 0, "locks": []}


async def test_a_date_that_no_candle_can_end_at_is_refused(api):
    good, bad = {"pair": "A/B", "until": FAR}, {"pair": "A/B", "until": "9999-12-31T23:59:59Z"}
    assert (await api.post("/locks", [good, bad])).status == 502
    assert (await api.get("/locks")).body["lock_count"] == 0  # none of them, not a half


@pytest.mark.parametrize("lock", ["x", "1.5", "99999999999999999999"])
async def test_an_invalid_id_is_reported(api, lock):
    assert (await api.ask("DELETE", f"/locks/{lock}")).status == 422


async def test_lifting_a_missing_lock_is_no_error(api):
    assert (await api.ask("DELETE", "/locks/99999")).body == {"lock_count": 0, "locks": []}
    for body in ({}, {"pair": "NOPE/USDT"}, {"lockid": 0}, {"lockid": None, "pair": None}):
        assert (await api.post("/locks/delete", body)).status == 200


@pytest.mark.parametrize(
    "until", ["2026-01-05 12:06:00Z", "2026-01-05T13:06+01:00", 1767614760, "1767614760000", 1767614760.5]
)
async def test_a_lock_ends_with_its_candle_however_the_moment_is_written(api, until):
    (lock,) = (await api.post("/locks", [{"pair": "ETH/USDT", "until": until}])).body["locks"]
    assert (lock["lock_end_time"], lock["lock_end_timestamp"]) == ("2026-01-05 12:10:00", 1767615000000)
    assert (lock["lock_time"], lock["pair"], lock["side"], lock["reason"], lock["active"]) == (
        "2026-01-05 12:00:30",
        "ETH/USDT",
        "*",
        None,
        True,
    )


async def test_locks_are_added_listed_and_lifted(api, stage):
    body = [
        {"pair": "ETH/USDT", "until": FAR, "side": "*", "reason": "news"},
        {"pair": "BTC/USDT", "until": FAR, "side": "long"},
        {"pair": "SOL/USDT", "until": FAR},
        {"pair": "SOL/USDT", "until": FAR},  # the same lock again is no second one
    ]
    added = (await api.post("/locks", body)).body
    assert differences(added, answer_schema("POST", "/locks")) == []
    assert [(lock["id"], lock["pair"], lock["side"], lock["reason"]) for lock in added["locks"]] == [
        (1, "ETH/USDT", "*", "news"),
        (2, "BTC/USDT", "long", None),
        (3, "SOL/USDT", "*", None),
    ]
    assert stage.bot.locks.holding("ETH/USDT", "long", stage.market.now)
    assert (await api.post("/locks/delete", {"pair": "ETH/USDT"})).body["lock_count"] == 2
    assert (await api.post("/locks/delete", {"lockid": 3, "pair": "BTC/USDT"})).body["lock_count"] == 1
    assert (await api.ask("DELETE", "/locks/2")).body == {"lock_count": 0, "locks": []}


async def test_a_lock_that_has_ended_is_not_listed(api, stage):
    await api.post("/locks", [{"pair": "ETH/USDT", "until": "2026-01-05 12:06:00Z"}])
    stage.market.wait(minutes=10)
    assert (await api.get("/locks")).body["lock_count"] == 0

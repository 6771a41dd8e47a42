"""What trading made, over the API."""

import asyncio
import threading

import pytest

from appliance.queries import performance
from appliance.reports.closed_statistics import RunningStatistics
from appliance.server.bot_slot import BOT_SLOT


async def trade(api, stage, pair="ETH/USDT", *, at=100.0, to=110.0, tag=None):
    base = pair.split("/")[0]
    await stage.cycle(**{base: at})
    await stage.enter(pair, tag=tag)
    await stage.cycle(**{base: to})
    assert (await api.post("/forceexit", {"tradeid": "all"})).status == 200


@pytest.mark.parametrize("path", ["/daily", "/weekly", "/monthly"])
@pytest.mark.parametrize(("count", "problem"), [("0", "greater_than_equal"), ("x", "int_parsing")])
async def test_an_invalid_number_of_periods_is_reported(api, path, count, problem):
    answer = await api.get(f"{path}?timescale={count}")
    assert (answer.status, answer.body["detail"][0]["type"]) == (422, problem)
    assert answer.body["detail"][0]["loc"] == ["query", "timescale"]


@pytest.mark.parametrize("path", ["/daily", "/weekly", "/monthly"])
async def test_no_list_goes_back_before_1970(api, path):
    told = (await api.get(f"{path}?timescale={2**62}")).body["data"]
    assert told[-1]["date"].startswith("1970-01")


async def test_edge_is_reported_as_unsupported(api):
    answer = await api.get("/edge")
    assert (answer.status, answer.body) == (
        502,
        {"error": "Error querying /api/v1/edge: Edge is not enabled."},
    )


async def test_without_trades_the_report_is_empty(api):
    for path in ("/performance", "/entries", "/exits", "/mix_tags", "/entries?pair=NOPE/USDT"):
        assert (await api.get(path)).body == []
    nothing = {"exit_reasons": {}, "durations": {"wins": None, "draws": None, "losses": None}}
    assert (await api.get("/stats")).body == nothing
    days = (await api.get("/daily?timescale=2")).body
    assert [day["starting_balance"] for day in days["data"]] == [1000.0, 1000.0]
    assert (await api.get("/profit_all")).body["long"] is None  # spot


async def test_what_trades_made_is_reported_by_pair_and_tag(api, stage):
    await trade(api, stage, tag="dip")
    await trade(api, stage, at=100.0, to=95.0)
    await trade(api, stage, "BTC/USDT", to=101.0, tag="dip")
    pairs = (await api.get("/performance")).body
    assert [(told["pair"], told["count"]) for told in pairs] == [("ETH/USDT", 2), ("BTC/USDT", 1)]
    assert pairs[0]["profit_abs"] == pytest.approx(9.79 - 5.195)
    assert pairs[0]["profit_ratio"] == pytest.approx((9.79 - 5.195) / 200)
    assert pairs[0]["profit"] == pairs[0]["profit_pct"] == 2.3
    tags = (await api.get("/entries")).body
    assert [(told["enter_tag"], told["count"]) for told in tags] == [("dip", 2), ("force_entry", 1)]
    of_btc = (await api.get("/entries?pair=BTC/USDT")).body
    assert [(told["enter_tag"], told["count"]) for told in of_btc] == [("dip", 1)]
    assert [told["exit_reason"] for told in (await api.get("/exits")).body] == ["force_exit"]
    mixed = (await api.get("/mix_tags")).body
    assert [told["mix_tag"] for told in mixed] == ["dip force_exit", "force_entry force_exit"]
    stats = (await api.get("/stats")).body
    assert stats["exit_reasons"] == {"force_exit": {"wins": 2, "losses": 1, "draws": 0}}
    assert (stats["durations"]["wins"], stats["durations"]["draws"]) == (5.0, None)


async def test_periods_reckon_back_from_the_present_balance(api, stage):
    await trade(api, stage)
    stage.market.wait(days=1)
    await trade(api, stage, to=95.0)
    days = (await api.get("/daily?timescale=3")).body["data"]
    assert [(day["date"], day["trade_count"]) for day in days] == [
        ("2026-01-06", 1),
        ("2026-01-05", 1),
        ("2026-01-04", 0),
    ]
    assert days[0]["abs_profit"] == pytest.approx(-5.195)
    assert [day["starting_balance"] for day in days] == pytest.approx([1009.79, 1000.0, 1000.0])
    assert days[1]["rel_profit"] == pytest.approx(0.00979)
    (week, *_) = (await api.get("/weekly")).body["data"]
    assert (week["date"], week["trade_count"], len((await api.get("/monthly")).body["data"])) == (
        "2026-01-05",
        2,
        3,
    )


async def test_figures_are_worked_out_once_for_each_set_of_closed_trades(api, stage, monkeypatch):
    worked = []

    def counted(*given):
        worked.append(given)
        return sum_up(*given)

    sum_up = RunningStatistics.of
    monkeypatch.setattr(RunningStatistics, "of", counted)
    await trade(api, stage)
    kept = api.app[BOT_SLOT].statistics
    await asyncio.gather(*(kept.of(stage.bot) for _ in range(20)), *(api.get("/profit") for _ in range(5)))
    await stage.cycle(ETH=90.0)  # prices change nothing of what is closed
    await api.get("/profit")
    assert len(worked) == 1
    await trade(api, stage)
    assert (await api.get("/profit")).body["closed_trade_count"] == 2
    assert len(worked) == 1, "the second trade is added to the figures of the first"


async def test_a_short_list_does_not_wait_for_a_long_one(api, monkeypatch):
    goes_on, telling = threading.Event(), performance.periods

    def slow(made, unit, count, **more):
        assert count < 1000 or goes_on.wait(60)
        return telling(made, unit, count, **more)

    monkeypatch.setattr(performance, "periods", slow)
    long = asyncio.create_task(api.get("/daily?timescale=1000"))
    try:
        assert len((await api.get("/weekly?timescale=2")).body["data"]) == 2
        assert not long.done()
    finally:
        goes_on.set()
    assert len((await long).body["data"]) == 1000

"""Trading over the API: enter, look, exit, and what the account says of it."""

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.support.schema import answer_schema, differences
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served


async def test_numbers_may_come_as_text(api):
    entered = await api.post(
        "/forceenter", {"pair": "ETH/USDT", "price": "100.0", "stakeamount": " 50 ", "ordertype": "limit"}
    )
    assert (entered.status, entered.body["amount"]) == (200, 0.5)
    for trade_id in (True, 1.0):
        assert (await api.post("/forceexit", {"tradeid": trade_id, "amount": "0.1"})).status == 200


async def test_nothing_given_is_as_good_as_left_out(api):
    body = {"pair": "ETH/USDT", "price": None, "ordertype": None, "stakeamount": None, "entry_tag": None}
    entered = await api.post("/forceenter", body | {"leverage": None, "unknown": 1})
    assert (entered.status, entered.body["enter_tag"]) == (200, "force_entry")


async def test_an_entry_that_does_not_fill_is_answered_by_a_status(tmp_path):
    """As freqtrade answers: the command was carried out, and no trade came of it."""
    kill = {"order_time_in_force": {"entry": "FOK", "exit": "GTC"}}
    async with scene(tmp_path, **LOGIN, **kill) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        entered = await api.post("/forceenter", {"pair": "ETH/USDT", "price": 90.0})
        said = "No long trade in ETH/USDT: nothing filled of the FOK order for ETH/USDT at 90"
        assert (entered.status, entered.body) == (200, {"status": said})
        assert differences(entered.body, answer_schema("POST", "/forceenter")) == []


async def test_a_trade_from_entry_to_exit(api, stage):
    assert (await api.get("/status")).body == []
    entered = (await api.post("/forceenter", {"pair": "ETH/USDT", "side": "long"})).body
    assert entered["profit_ratio"] is None  # what is open has made nothing yet
    await stage.cycle(ETH=110.0)

    (shown,) = (await api.get("/status")).body
    assert (shown["trade_id"], shown["current_rate"]) == (1, 110.0)
    assert shown["profit_abs"] == pytest.approx(110 * 0.999 - 100.1)
    assert shown["total_profit_abs"] == shown["profit_abs"]
    assert shown["stoploss_current_dist"] == -20.0
    assert shown["orders"][0]["ft_order_side"] == "buy"
    assert (await api.get("/count")).body == {"current": 1, "max": 2, "total_stake": 100.0}

    left = await api.post("/forceexit", {"tradeid": "1", "ordertype": "market"})
    assert left.body == {"result": "Created exit order for trade 1."}
    assert (await api.get("/status")).body == []
    page = (await api.get("/trades")).body
    assert (page["trades_count"], page["total_trades"], page["offset"]) == (1, 1, 0)
    (closed,) = page["trades"]
    assert closed["close_profit_abs"] == pytest.approx(9.79)
    assert closed["exit_reason"] == "force_exit"
    assert closed["trade_duration_s"] == 5

    profit = (await api.get("/profit")).body
    assert profit["profit_closed_coin"] == pytest.approx(9.79)
    assert (profit["trade_count"], profit["winning_trades"], profit["winrate"]) == (1, 1, 1.0)
    balance = (await api.get("/balance")).body
    assert balance["total"] == pytest.approx(1009.79)
    assert balance["starting_capital_ratio"] == pytest.approx(0.00979)


async def test_status_follows_every_price(api, stage):
    await stage.enter("ETH/USDT")
    for price in (101.0, 102.0, 99.5):
        await stage.cycle(ETH=price)
        (shown,) = (await api.get("/status")).body
        assert shown["current_rate"] == price


async def test_an_entry_that_has_not_filled_has_no_profit(api, stage):
    await stage.enter("ETH/USDT", price=50.0, order_type="limit")
    (shown,) = (await api.get("/status")).body
    assert (shown["amount"], shown["profit_ratio"], shown["profit_abs"]) == (0.0, 0.0, 0.0)
    assert (shown["has_open_orders"], shown["total_profit_ratio"]) == (True, None)


async def test_trades_are_paged_either_way(api, stage):
    for _ in range(3):
        await stage.enter("ETH/USDT")
        await api.post("/forceexit", {"tradeid": "all"})
        stage.market.wait(minutes=5)
    assert [t["trade_id"] for t in (await api.get("/trades?limit=2")).body["trades"]] == [1, 2]
    last = (await api.get("/trades?limit=2&offset=2")).body
    assert ([t["trade_id"] for t in last["trades"]], last["total_trades"]) == ([3], 3)
    newest = (await api.get("/trades?limit=1&order_by_id=false")).body
    assert [t["trade_id"] for t in newest["trades"]] == [3]
    beyond = (await api.get("/trades?offset=99")).body
    assert (beyond["trades"], beyond["total_trades"]) == ([], 3)


async def test_the_old_names_do_the_same(api):
    assert (await api.post("/forcebuy", {"pair": "ETH/USDT"})).status == 200
    assert (await api.post("/forcesell", {"tradeid": "1"})).status == 200
    for path in ("/stopbuy", "/stopentry"):
        assert (await api.post(path)).status == 200
    assert (await api.get("/show_config")).body["state"] == "paused"


async def test_head_answers_like_get_without_a_body(api):
    answer = await api.ask("HEAD", "/ping", login=None)
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "17", "")


async def test_logs_are_the_newest_lines(api):
    log = (await api.get("/logs?limit=1")).body
    assert (log["log_count"], log["logs"][0][2:]) == (1, ["test", "INFO", "second"])
    assert (await api.get("/logs?limit=0")).body["log_count"] == 2


async def test_settings_are_shown_and_no_secret_is(api):
    answer = await api.get("/show_config")
    assert (answer.body["api_version"], answer.body["state"], answer.body["runmode"]) == (
        2.5,
        "running",
        "dry_run",
    )
    assert (answer.body["strategy"], answer.body["minimal_roi"], answer.body["stake_amount"]) == (
        "Quiet",
        {"0": 10.0},
        "100",
    )
    for path in ("/show_config", "/logs", "/health", "/status", "/sysinfo"):
        told = str((await api.get(path)).body)
        assert "correct horse" not in told
        assert "secret" not in told

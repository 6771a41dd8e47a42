"""Candles of a real bot, on a market that the test sets."""

import json

from tests.server.dashboard.pages.test_overview import words


async def test_before_the_first_candle_the_page_says_when_there_will_be_one(look, stage):
    status, page = await look("/chart")
    assert status == 200
    assert "No candles of ETH/USDT yet." in words(page)
    assert 'id="plot-none" hidden' not in page
    status, body = await look("/dashboard/chart?pair=ETH/USDT&timeframe=5m")
    assert (status, json.loads(body)) == (404, {"error": "no candles"})


async def test_the_pair_of_the_newest_open_trade_comes_first(look, stage):
    await stage.enter("BTC/USDT")
    await stage.cycle()
    _, page = await look("/chart")
    assert 'data-source="dashboard/chart?pair=BTC%2FUSDT&amp;timeframe=5m&amp;plot="' in page
    assert 'data-live="dashboard/chart/live?pair=BTC%2FUSDT&amp;timeframe=5m"' in page
    _, page = await look("/chart?pair=SOL/USDT&timeframe=1y")
    assert 'data-source="dashboard/chart?pair=SOL%2FUSDT&amp;timeframe=5m&amp;plot="' in page


async def test_the_chart_has_candles_signals_trades_and_the_stop(look, stage, api):
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    stage.market.wait(minutes=5)
    await stage.cycle()
    _, body = await look("/dashboard/chart?pair=ETH/USDT&timeframe=5m")
    chart = json.loads(body)
    count = len(chart["times"])
    assert count > 10
    assert {len(column) for column in [*chart["prices"], *chart["values"]]} == {count}
    assert chart["panes"][0]["title"] == ""
    assert chart["stops"] == [trade.stop_loss]
    [[order]] = chart["open"]["orders"]
    assert order == [True, int(trade.orders[0].order_filled_date.timestamp()), trade.open_rate]
    assert chart["trades"]["orders"] == []
    await api.post("/forceexit", {"tradeid": str(trade.id)})
    await stage.cycle()
    chart = json.loads((await look("/dashboard/chart?pair=ETH/USDT&timeframe=5m"))[1])
    [orders] = chart["trades"]["orders"]
    assert [is_entry for is_entry, _, _ in orders] == [True, False]
    assert chart["stops"] == []


async def test_an_odd_plot_config_is_reported_and_harms_nothing(look, stage):
    await stage.cycle()
    stage.bot.strategy.plot_config = {"main_plot": ["rsi"]}
    status, body = await look("/dashboard/chart?pair=ETH/USDT&timeframe=5m")
    assert status >= 400
    assert "expected a dict, found ['rsi']" in json.loads(body)["error"]


async def test_strangers_get_no_candles(api):
    async with api.session.get(f"{api.url}/dashboard/chart?pair=ETH/USDT", allow_redirects=False) as answer:
        assert answer.status in (303, 401)

"""Many orders that stand are asked for together; those that differ by themselves."""

from appliance.bot.trading import open_orders
from appliance.rules.trade_requests import EntryRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.exchange_server.fixture import binance_server  # noqa: F401

LIST = "/api/v3/openOrders"
PAIRS = ["ETH/USDT", "BTC/USDT", "SOL/USDT"]


async def test_a_list_shows_which_orders_have_not_changed(tmp_path, binance_server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(open_orders, "LISTED_FROM", 3)
    changes = {"exchange.pair_whitelist": PAIRS, "max_open_trades": 3, "force_entry_enable": True}
    options = {"code": GUARDED, "strategy": "Guarded"}
    async with live_scene(tmp_path, binance_server, **(changes | options)) as scene:
        for pair in PAIRS:
            await scene.bot.force_enter(EntryRequest(pair=pair, order_type="market"))
        await scene.cycle()
        trades = list(scene.bot.book.open.values())
        stops = [order for trade in trades for order in trade.all_open_orders]
        assert len(stops) == 3
        asked, gateway, lists = [], scene.bot._shared.markets.gateway, binance_server.traffic.requests
        fetch_order = gateway.fetch_order

        async def noted(order_id, pair):
            asked.append(pair)
            return await fetch_order(order_id, pair)

        monkeypatch.setattr(gateway, "fetch_order", noted)
        before = lists[LIST]
        await scene.cycle()
        assert (asked, lists[LIST] - before) == ([], 1)
        binance_server.exchange.engine.expire(int(stops[1].order_id))
        await scene.cycle()
        assert asked == [trades[1].pair]
        assert [order.ft_is_open for order in stops] == [True, False, True]
        assert [len(trade.all_open_orders) for trade in trades] == [1, 1, 1]  # it is placed anew

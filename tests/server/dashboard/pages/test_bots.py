"""The page of other bots: side by side, with totals; logins stay on the server."""

import pytest

from appliance.server.dashboard.pages.bots import totals
from appliance.server.other_bots.ask import Standing
from appliance.server.other_bots.watch import OTHER_BOTS


def standing(**changes) -> Standing:
    known = {
        "state": "running", "bot_name": "b", "strategy": "S", "timeframe": "5m", "exchange": "binance",
        "trading_mode": "spot", "dry_run": True, "currency": "USDT", "version": "2026.9", "open": 1,
        "most": 3,
        "today": 1.0, "closed": 10.0, "closed_ratio": 0.1, "open_profit": 2.0, "trades": 5, "winrate": 0.6,
        "drawdown": 0.1, "balance": 1000.0,
    }  # fmt: skip
    return Standing(**known | changes)


def test_totals_add_what_can_be_added():
    found = totals(
        [
            standing(),
            standing(balance=500.0),
            standing(currency="BTC"),
            standing(dry_run=False, open_profit=None),
        ]
    )
    assert [(t.currency, t.dry_run, t.bots, t.balance, t.open_profit) for t in found] == [
        ("USDT", False, 1, 1000.0, None),
        ("BTC", True, 1, 1000.0, 2.0),
        ("USDT", True, 2, 1500.0, 4.0),
    ]


async def test_without_others_it_says_what_to_do(trader):
    page = await trader.page("/bots")
    assert "No other bots yet." in page
    assert "this bot" in page


async def test_a_bot_is_added_and_removed(trader, tmp_path):
    others = trader.client.app[OTHER_BOTS]
    others.book.file = tmp_path / "bots.json"
    await trader.page("/bots")
    answer = await trader.send(
        "/dashboard/bots", name="<b>far</b>", url="http://127.0.0.1:1", username="me", secret="hush-hush"
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/bots")
    page = await trader.page("/bots")
    assert "&lt;b&gt;far&lt;/b&gt;" in page
    assert "<b>far" not in page
    assert "hush-hush" not in page
    assert "cannot be reached" in page
    [bot] = await others.known()
    await trader.send(f"/dashboard/bots/{bot.id}/remove")
    assert "No other bots yet." in await trader.page("/bots")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "", "url": "http://bot"}, "give the bot a name"),
        ({"name": "x", "url": "bot"}, "enter the address"),
        ({"name": "x", "url": "http://a\x01b"}, "enter the address"),
        ({"name": "x", "url": 'http://x"onclick=1'}, "enter the address"),
        ({"name": "x", "url": "http://user:hush@bot"}, "in their own fields"),
    ],
)
async def test_what_cannot_be_added_is_told(trader, fields, told):
    await trader.page("/bots")
    answer = await trader.send("/dashboard/bots", **fields)
    text = await answer.text()
    assert (answer.status, told in text, "hush" in text) == (422, True, False)


async def test_a_damaged_list_does_not_hide_this_bot(trader, tmp_path):
    others = trader.client.app[OTHER_BOTS]
    others.book.file = tmp_path / "bots.json"
    others.book.file.write_text("{")
    page = await trader.page("/bots")
    assert "bots.json" in page
    assert "this bot" in page

"""Every command of the chat, sent to a bot that trades."""

import pytest

from appliance.config.validation.messages import KEYBOARD_COMMANDS
from appliance.domain.enums import MarketDirection, State
from appliance.rules.trade_requests import ExitRequest
from appliance.telegram.commands import COMMANDS
from tests.telegram.conversation import Conversation, conversation

FREQTRADES = """
status profit balance start stop forcesell forceexit fx forcebuy forcelong forceshort reload_trade trades
delete coo cancel_open_order performance buys entries sells exits mix_tags stats daily weekly monthly count
locks unlock delete_locks reload_config reload_conf show_config show_conf stopbuy stopentry pause whitelist
blacklist blacklist_delete bl_delete logs health help version marketdir order list_custom_data profit_long
profit_short
"""


async def two_trades(talk: Conversation) -> None:
    """Open a trade and close one, at a profit."""
    await talk.scene.enter("ETH/USDT")
    await talk.scene.enter("BTC/USDT")
    await talk.scene.cycle()
    await talk.scene.cycle(ETH=110.0)
    await talk.bot.force_exit(ExitRequest(trade_id="1"))
    await talk.scene.cycle()
    assert len(talk.bot.book.closed) == 1


def test_there_are_all_commands_of_freqtrade_and_the_keyboard_takes_none_besides():
    assert set(FREQTRADES.split()) <= COMMANDS.keys()
    assert COMMANDS.keys() >= KEYBOARD_COMMANDS


async def test_commands_without_trades_say_that_there_are_none(tmp_path):
    async with conversation(tmp_path) as talk:
        assert await talk.ask("/status") == "There is no open trade."
        assert await talk.ask("/status table") == "⚠️ There is no open trade."
        assert await talk.ask("/order") == "There is no open trade."
        assert await talk.ask("/forceexit") == "There is no open trade."
        assert await talk.ask("/trades") == "No trade has been closed yet."
        assert await talk.ask("/stats") == "No trade has been closed yet."
        assert await talk.ask("/entries") == "No trade has been closed yet."
        assert (await talk.ask("/profit")).startswith("There are no trades yet.")
        assert await talk.ask("/locks") == "Nothing is locked."
        assert "<b>Worth:</b> <code>1000 USDT</code>" in await talk.ask("/balance")


async def test_commands_show_trades_and_what_they_made(tmp_path):
    async with conversation(tmp_path) as talk:
        await two_trades(talk)
        status = await talk.ask("/status")
        assert "<b>Pair:</b> <code>BTC/USDT</code>" in status
        assert "<b>Profit so far:</b> <code>-0.20%" in status
        assert "<b>Pair:</b> <code>ETH/USDT</code>" in await talk.ask("/status 1 2")
        table = await talk.ask("/status table")
        assert table.startswith("<pre>ID   Pair")
        assert "2 L  BTC/USDT" in table
        assert "<b>Entry 1</b>" in await talk.ask("/order 1")
        assert "<b>Exit 2</b>" in talk.server.texts[-1]
        assert "ETH/USDT (#1)" in await talk.ask("/trades 5")
        assert (
            await talk.ask("/count")
            == "<pre>open  most  stake\n----  ----  --------\n1     2     100 USDT</pre>"
        )
        for command, expected in {
            "/performance": "ETH/USDT",
            "/entries": "force_entry",
            "/exits": "force_exit",
            "/mix_tags ETH/USDT": "force_entry force_exit",
            "/stats": "force_exit",
            "/daily 3": "2026-01-05 (1)",
            "/weekly": "2026-01-05 (1)",
            "/monthly 2": "2026-01 (1)",
            "/profit": "<b>Best pair:</b> <code>ETH/USDT",
            "/profit 2": "<b>Closed trades since 2026-01-04:</b>",
            "/profit long": "<b>Closed long trades:</b>",
            "/profit_long 1": "<b>Closed long trades since 2026-01-05:</b>",
            "/balance full": "<b>The whole account</b>",
        }.items():
            assert expected in await talk.ask(command), command
        assert "<b>BTC</b>" in await talk.ask("/balance")
        assert await talk.ask("/profit_short") == "⚠️ Spot markets cannot be shorted."


async def test_commands_describe_the_bot(tmp_path):
    async with conversation(tmp_path) as talk:
        await talk.scene.cycle()
        config = await talk.ask("/show_config")
        assert "<b>Strategy:</b> <code>Quiet</code>" in config
        assert "simulated money" in config
        assert "ETH/USDT, BTC/USDT, SOL/USDT" in await talk.ask("/whitelist")
        assert "<code>BTC, ETH, SOL</code>" in await talk.ask("/whitelist sorted baseonly")
        assert "a_log: INFO - <code>1 &lt; 2</code>" in (await talk.ask("/logs 5")).replace("</b> ", "")
        assert "<b>Healthy:</b> <code>yes</code>" in await talk.ask("/health")
        assert "<b>Version:</b>" in await talk.ask("/version")
        help_ = await talk.ask("/help")
        assert "/forceexit [&lt;trade id&gt; | all] (or /fx, /forcesell): Exit a trade" in help_


async def test_commands_steer_the_bot(tmp_path):
    async with conversation(tmp_path) as talk:
        bot = talk.bot
        assert (
            await talk.ask("/pause")
            == "Status: paused: no more entries from now on. Use start to allow them again."
        )
        assert bot.state is State.PAUSED
        assert await talk.ask("/stop") == "Status: stopping trader ..."
        assert await talk.ask("/start") == "Status: starting trader ..."
        assert bot.state is State.RUNNING
        assert await talk.ask("/marketdir") == "The market direction is none."
        await talk.ask("/marketdir LONG")
        assert bot.strategy.market_direction is MarketDirection.LONG
        assert "Expected one of" in await talk.ask("/marketdir up")


async def test_pairs_are_locked_and_listed_as_never_to_be_traded(tmp_path):
    async with conversation(tmp_path) as talk:
        assert "<code>SOL/.*, ETH/USDT</code>" in await talk.ask("/blacklist SOL/.* ETH/USDT")
        assert talk.bot.blacklist == ["SOL/.*", "ETH/USDT"]
        assert "1 entries" in await talk.ask("/bl_delete ETH/USDT")
        assert talk.bot.blacklist == ["SOL/.*"]
        until = talk.bot.now().replace(hour=20)
        lock = await talk.bot.interventions.add_lock("ETH/USDT", until, "long", "<by hand>")
        assert "&lt;by hand&gt;" in await talk.ask("/locks")
        assert await talk.ask(f"/unlock {lock.id}") == "Nothing is locked."
        await talk.bot.interventions.add_lock("ETH/USDT", until, "long", None)
        assert await talk.ask("/unlock eth/usdt") == "Nothing is locked."


async def test_trades_are_entered_and_exited_manually(tmp_path):
    async with conversation(tmp_path) as talk:
        entered = await talk.ask("/forcelong eth/usdt 99")
        assert entered == "Trade 1: ETH/USDT long, 1.0101 ETH at 99."
        assert await talk.ask("/coo 1") == (
            "⚠️ the order is cancelled and trade 1, which had bought nothing, is removed"
        )
        await talk.ask("/forcelong BTC/USDT")
        await talk.scene.cycle()
        assert (
            await talk.ask("/reload_trade 1")
            == "The orders of trade 1 (BTC/USDT) were fetched from the exchange."
        )
        assert await talk.ask("/fx all") == "Created exit orders for all open trades."
        await talk.scene.cycle()
        assert [trade.exit_reason for trade in talk.bot.book.closed] == ["force_exit"]
        assert (await talk.ask("/delete 1")).startswith("Trade 1 is deleted")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("/forceexit one", 'Expected the id of a trade, or "all", found "one".'),
        ("/forceexit 9999999999999", 'Expected the id of a trade, or "all", found "9999999999999".'),
        ("/forceexit 7", "there is no open trade with id 7"),
        ("/forcelong NOPE/USDT", "NOPE/USDT is not traded on scripted"),
        ("/forcelong ETH/USDT nan", 'Expected a price, found "nan".'),
        ("/forceshort ETH/USDT", "spot markets cannot be shorted"),
        ("/delete", "Name a trade by its id."),
        ("/status 44", "There is no trade with the id 44"),
        ("/daily many", 'Expected a number, found "many".'),
        ("/list_custom_data 3", "There is no trade with the id 3"),
        ("/unlock", "Name a pair, or a lock by its id."),
    ],
)
async def test_what_cannot_be_done_is_reported(tmp_path, wrong, why):
    async with conversation(tmp_path) as talk:
        assert why in await talk.ask(wrong)

"""A real freqtrade and our bot trade alike on one exchange, and tell the same: FREQTRADE=/path/to/freqtrade.

It takes about two minutes for each. Where freqtrade comes to tell other fields, `message_shapes.json` is to
be mended, and then our bot.
"""

import asyncio
import os
from collections import defaultdict
from pathlib import Path

import aiohttp
import pytest

from appliance.domain.message import MessageType
from tests.end_to_end.test_beside_freqtrade import config_for
from tests.server.scenarios.test_message_shapes import differences
from tests.support.running import OURS, Program, exchange, running

FREQTRADE = os.environ.get("FREQTRADE")
pytestmark = pytest.mark.skipif(not FREQTRADE, reason="name freqtrade's executable in FREQTRADE")

PATIENCE = 300
NOT_PROVOKED = {MessageType.EXCEPTION, MessageType.WARNING, MessageType.LIQUIDATION_WARNING}

OFTEN = """
from freqtrade.strategy import IStrategy


class Often(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.5
    startup_candle_count = 5
    use_custom_stoploss = True
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False,
                   "emergency_exit": "market", "force_exit": "market", "force_entry": "market"}
    protections = [
        {"method": "CooldownPeriod", "stop_duration_candles": 1},
        {"method": "StoplossGuard", "lookback_period": 60, "trade_limit": 1, "stop_duration": 1},
    ]

    def bot_loop_start(self, **kwargs):
        self.dp.send_msg("still here", always_send=True)

    def populate_indicators(self, df, metadata):
        return df

    def populate_entry_trend(self, df, metadata):
        if metadata["pair"] in ("ADA/USDT", "BTC/USDT", "SOL/USDT"):
            df["enter_long"], df["enter_tag"] = 1, "always"
        return df

    def populate_exit_trend(self, df, metadata):
        df["exit_long"] = 0
        return df

    def custom_entry_price(self, pair, proposed_rate, **kwargs):
        return proposed_rate * (0.99 if pair == "SOL/USDT" else 1.005)

    def custom_exit_price(self, pair, proposed_rate, **kwargs):
        return proposed_rate * 1.01

    def held(self, trade, current_time):
        return (current_time - trade.open_date_utc).total_seconds()

    def custom_stoploss(self, pair, trade, current_time, **kwargs):
        return -0.000001 if pair == "ADA/USDT" and self.held(trade, current_time) > 3 else None

    def custom_exit(self, pair, trade, current_time, **kwargs):
        return "held" if pair == "BTC/USDT" and self.held(trade, current_time) > 3 else None
"""


def settings(folder: Path, url: str) -> dict:
    waiting = {"entry": 5, "exit": 5, "unit": "seconds"}
    say = {"apiserver": {"allow_custom_messages": True}}
    return config_for(folder, url) | {"unfilledtimeout": waiting, "max_open_trades": 6} | say


class Heard:
    """What a bot has told over its websocket, by type."""

    def __init__(self) -> None:
        self.messages: defaultdict[str, list[dict]] = defaultdict(list)

    async def listen(self, program: Program) -> None:
        """Listen until cancelled; a bot that reloads or starts is listened to anew."""
        topics = [kind.value for kind in MessageType]
        url = f"{program.url}/api/v1/message/ws"
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    token = {"token": "a-ws-token-for-tests-only"}
                    async with session.ws_connect(url, params=token, max_msg_size=0) as socket:
                        await socket.send_json({"type": "subscribe", "data": topics})
                        async for message in socket:
                            told = message.json()
                            self.messages[told["type"]].append(told)
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", ["freqtrade", "appliance"])
async def test_a_bots_answers_are_what_was_recorded(tmp_path, name):
    folder = tmp_path / name
    (folder / "strategies").mkdir(parents=True)
    (folder / "strategies/often.py").write_text(OFTEN)
    command = OURS if name == "appliance" else (str(FREQTRADE),)
    arguments = ("--strategy", "Often", "--userdir", str(folder))
    heard = Heard()
    async with exchange(tmp_path, "--speed", "5") as url:
        bot = running(folder, settings(folder, url), *arguments, command=command)
        async with bot as program:
            listening = asyncio.create_task(heard.listen(program))
            await provoke(program, heard)
            listening.cancel()
    wrong = {kind: differences(one) for kind, told in heard.messages.items() for one in told}
    assert {kind: found for kind, found in wrong.items() if found} == {}


async def provoke(program: Program, heard: Heard) -> None:
    """Have the bot tell every type."""

    async def told_of_trades() -> bool:
        kinds = set(MessageType) - NOT_PROVOKED
        late = {MessageType.STARTUP, MessageType.STATUS, MessageType.WHITELIST}
        return {*heard.messages} >= kinds - late

    async def told_of_the_bot() -> bool:
        return {MessageType.STARTUP, MessageType.STATUS, MessageType.WHITELIST} <= {*heard.messages}

    await program.until(told_of_trades, PATIENCE)
    await program.post("blacklist", {"blacklist": ["LTC/USDT"]})
    await program.post("stop")
    await asyncio.sleep(3)  # freqtrade sees it at its next turn
    await program.post("start")
    await program.until(told_of_the_bot, PATIENCE)

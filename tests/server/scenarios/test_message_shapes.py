"""Our messages beside those that freqtrade 2026.9 was seen to send: the same fields, of the same kinds.

What it sent is in `message_shapes.json`; tests/end_to_end/beside_freqtrade/test_messages.py looks again.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.domain.message import MessageType
from appliance.rules.trade_requests import ExitRequest
from appliance.server.websocket.hub import dataframe_message, encoded
from tests.support.scripted import QUIET, scene

SHAPES = json.loads((Path(__file__).parents[2] / "data/server/message_shapes.json").read_text())

BUSY = (
    QUIET.replace("Quiet", "Busy").replace("stoploss = -0.1", "stoploss = -0.1\n    answer = None")
    + """
    position_adjustment_enable = True

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": 2},
                {"method": "StoplossGuard", "trade_limit": 1, "stop_duration": 60}]

    def adjust_trade_position(self, trade, **kwargs):
        wanted, type(self).answer = self.answer, None
        return wanted
"""
)


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names = {type(None): "null", str: "text", list: "list", dict: "object", int: "number", float: "number"}
    return names[type(value)]


def differences(message: dict[str, Any]) -> list[str]:
    """Return what of a message is not as it was seen."""
    shape = SHAPES[message["type"]]
    found = [f"{name} is missing" for name in shape.keys() - message.keys()]
    found += [f"{name} is ours alone" for name in message.keys() - shape.keys()]
    common = message.keys() & shape.keys()
    wrong = [name for name in common if kind(message[name]) not in shape[name].split("|")]
    return found + [f"{name} is {kind(message[name])}" for name in wrong]


def as_sent(message: dict[str, Any]) -> dict[str, Any]:
    """Take a message through the wire."""
    if message["type"] == MessageType.ANALYZED_DF:
        data = message["data"]
        return msgspec.json.decode(dataframe_message(data["key"], data["df"], data["la"], limit=1))
    return msgspec.json.decode(encoded(message))


def test_every_type_has_a_shape():
    assert set(SHAPES) == set(MessageType) - {MessageType.DECISION}, "freqtrade has no such type"


async def test_all_messages_of_a_busy_bot_have_freqtrades_fields(tmp_path):
    async with scene(tmp_path, strategy="Busy", code=BUSY, max_open_trades=3) as stage:
        answers = type(stage.bot.strategy)
        stage.bot.pause()
        stage.bot.start()
        await stage.cycle()
        trade = await stage.enter("ETH/USDT")
        for answers.answer in ((50.0, "more"), (-60.0, "less")):
            await stage.cycle()
        waiting = await stage.enter("BTC/USDT", price=90.0)
        await stage.bot.interventions.cancel_open_orders(stage.bot.state, waiting.id)
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), price=150.0, order_type="limit"))
        stage.market.wait(minutes=11)
        await stage.cycle()
        await stage.cycle(ETH=50.0)
        stage.bot.strategy.dp.send_msg("hello")
        stage.bot.request_reload()
        await stage.cycle()
        stage.bot.pairs.blacklist.add(["SOL/USDT"])
        await stage.cycle()
        told = [as_sent(message) for message in stage.messages]
    assert {message["type"]: found for message in told if (found := differences(message))} == {}
    never = {MessageType.EXCEPTION, MessageType.WARNING, MessageType.LIQUIDATION_WARNING}
    assert {message["type"] for message in told} >= set(SHAPES) - never


@pytest.mark.parametrize("name", ["entry", "exit_fill"])
def test_a_field_that_is_missing_or_of_another_kind_is_found(name):
    right = {
        field: {"text": "", "number": 1, "bool": True, "null": None}[kinds.split("|")[0]]
        for field, kinds in SHAPES[name].items()
    } | {"type": name}
    assert differences(right) == []
    assert differences(right | {"pair": 1, "new": 1}) == ["new is ours alone", "pair is number"]
    del right["trade_id"]
    assert differences(right) == ["trade_id is missing"]

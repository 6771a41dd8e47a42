"""Decisions on a terminal."""

from appliance.client.message_line import line
from appliance.client.views import blocks

NOON = 1_767_614_400_000
MINUTE = 60_000


def step(text: str, at: int = NOON, **changes) -> dict:
    plain = {
        "kind": "x",
        "subject": "entry",
        "text": text,
        "at_ts": at,
        "last_ts": at,
        "times": 1,
        "facts": {},
    }
    return plain | changes


def pair(name: str, *candles: dict, **changes) -> dict:
    text = candles[0]["text"] if candles else "nothing was decided yet"
    return {"pair": name, "is_listed": True, "left_out": None, "text": text, "candles": [*candles]} | changes


def candle(opened: int, *steps: dict, **indicators: float) -> dict:
    return {"candle_ts": opened, "text": steps[-1]["text"], "steps": [*steps], "indicators": indicators}


def shown(body: dict, width: int = 70) -> list[str]:
    return [text for block in blocks("decisions", body) for text in block.lines(width)]


LOCKED = step("no entry: locked until 12:30", NOON + MINUTE, last_ts=NOON + 3 * MINUTE, times=30)


def test_of_several_pairs_the_newest_decision_is_shown():
    body = {
        "everywhere": [step("no entry: the bot is paused")],
        "pairs": [
            pair("BTC/USDT", candle(NOON, LOCKED)),
            pair("NEW/USDT"),
            pair("OUT/USDT", left_out="not traded: AgeFilter leaves it out", text="not traded: too new"),
        ],
    }
    lines = [text.replace("\x1b[1m", "").replace("\x1b[0m", "") for text in shown(body)]
    assert lines == [
        "BTC/USDT  12:01 no entry: locked until 12:30",
        "NEW/USDT  nothing was decided yet",
        "OUT/USDT  not traded: too new",
        "All pairs",
        "2026-01-05 12:00  no entry: the bot is paused",
    ]


def test_of_one_pair_the_candles_are_shown_the_newest_last():
    newest = candle(NOON, LOCKED, rsi=28.4, close=67_120.5)
    body = {"everywhere": [], "pairs": [pair("BTC/USDT", newest, candle(NOON - MINUTE, step("signal")))]}
    lines = [
        text.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") for text in shown(body)
    ]
    assert lines == [
        "Candle 2026-01-05 11:59",
        "12:00  signal",
        "Candle 2026-01-05 12:00",
        "12:01  no entry: locked until 12:30 (until 12:03)",
        "       rsi 28.4, close 67120.5",
    ]


def test_long_sentences_are_wrapped_not_cut():
    body = {"everywhere": [], "pairs": [pair("BTC/USDT", candle(NOON, step("word " * 40)))]}
    assert sum(text.count("word") for text in shown(body, 50)) == 40
    assert max(map(len, shown(body, 50))) <= 60


def test_a_message_is_a_line():
    message = {"type": "decision", "data": {"pair": "BTC/USDT", "candle_ts": NOON, "step": LOCKED}}
    assert line(message).endswith("BTC/USDT no entry: locked until 12:30")
    assert "odd" in line({"type": "decision", "data": "odd"})

"""A comparison of bot and backtest on a terminal."""

from typing import Any

from appliance.client.views import blocks

RUNNING = {
    "status": "running",
    "running": True,
    "status_msg": "It runs",
    "step": "Testing Mine",
    "progress": 0.4,
}
SIDE = {"opened": "2026-01-05T12:05:00Z"}
FOUND = {
    "strategy": "Mine",
    "first": "2026-01-05T12:00:00Z",
    "last": "2026-01-05T13:00:00Z",
    "stake_currency": "USDT",
    "totals": {
        "live": 2,
        "tested": 2,
        "only_live": 1,
        "only_tested": 1,
        "matched": 1,
        "same": 1,
        "unexplained": 0,
    },
    "causes": [
        {"cause": "lock", "trades": 1, "profit_difference": -1.5, "meaning": "a lock forbade to enter"}
    ],
    "trades": [
        {"pair": "BTC/USDT", "live": SIDE, "tested": SIDE, "reasons": []},
        {
            "pair": "ETH/USDT",
            "live": None,
            "tested": SIDE,
            "reasons": [{"cause": "lock", "text": "it was locked"}],
        },
    ],
    "notes": ["The candles end early."],
}


def shown(body: Any) -> str:
    return "\n".join(text for block in blocks("replay", body) for text in block.lines(100))


def test_while_it_runs_its_progress_is_shown():
    assert shown(RUNNING) == "It runs: Testing Mine, 40%"


def test_in_the_end_what_differs_is_shown():
    text = shown({**RUNNING, "running": False, "comparison": FOUND})
    assert "01-05 12:05 ETH/USDT (backtest)  lock: it was locked" in text
    assert "BTC/USDT" not in text
    assert "The candles end early." in text
    assert "a lock forbade to enter" in text

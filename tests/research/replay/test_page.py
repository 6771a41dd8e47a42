"""A comparison as a page and as tables: all of it is shown, and no text of a strategy becomes a script."""

import json

import pytest

from appliance.research.replay.compare import compare
from appliance.research.replay.page import write_page
from appliance.research.replay.tables import headline, show_comparison
from tests.research.replay.made import ETH, scene, trade
from tests.support.terminal import as_terminal

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def found():
    live = [trade(10, 30, reason=EVIL), trade(50, 60)]
    tested = [trade(10, 40), trade(50, 60), trade(80, 90, pair=ETH)]
    return compare(scene(live, tested), strategy="Mine", stake_currency="USDT", notes=["Some limit."])


def test_the_page_has_every_trade_and_runs_no_script(found, tmp_path):
    write_page(tmp_path / "replay.html", found)
    text = (tmp_path / "replay.html").read_text()
    assert EVIL not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "script-src &#39;none&#39;" in text
    assert "The same on both sides" in text
    assert "Some limit." in text
    for one in found.trades:
        assert all(reason.cause in text for reason in one.reasons)


def test_a_pipe_gets_all_of_it_as_json(found, capsys):
    show_comparison(found)
    shown = json.loads(capsys.readouterr().out)
    assert len(shown["trades"]) == 3
    assert shown["totals"]["unexplained"] == 1
    assert shown["trades"][0]["reasons"][0].keys() == {"about", "cause", "text", "evidence"}


def test_two_sentences_say_what_came_out(found):
    assert headline(found).splitlines() == [
        "Mine, 5m, 2026-01-05 12:00 to 2026-01-05 14:00 UTC: the bot made 2 trades (+1.598 USDT), "
        "the backtest 3 (+2.397 USDT).",
        "2 are on both sides, 1 of them the same in every detail; 0 only the bot made, 1 only the backtest. "
        "Without an explanation: 1.",
    ]


def test_a_terminal_gets_tables_of_what_differs(found, monkeypatch):
    terminal = as_terminal(monkeypatch)
    show_comparison(found)
    assert terminal.plain.count("BTC/USDT") == 1  # the other one is the same on both sides
    assert "unknown: nothing that the bot recorded explains it" in " ".join(terminal.plain.split())
    assert "- Some limit." in terminal.plain
    show_comparison(found, every=True)
    assert "the same" in terminal.plain

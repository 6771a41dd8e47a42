"""What answers look like on a terminal: nothing wider than it, no number cut, nothing that commands it."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.client import number_format
from appliance.client.commands import COMMANDS
from appliance.client.message_line import line
from appliance.client.table import Cell, Facts, Table, cells, clean, shortened
from appliance.client.views import blocks

_COLOUR = re.compile(r"\x1b\[\d+m")


def bare(text: str) -> str:
    return _COLOUR.sub("", text)


def shown(command: str, body: object, width: int = 100) -> str:
    return bare("\n".join(line for block in blocks(command, body) for line in block.lines(width)))


ODD_ANSWERS = [
    None,
    True,
    3,
    "text",
    [],
    {},
    [1, 2],
    [[]],
    {"a": None},
    {"data": 7},
    [{"x": [1]}],
    {"locks": 1},
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_no_answer_is_too_odd_to_be_shown(command) -> None:
    for body in ODD_ANSWERS:
        shown(command.name, body)


def test_an_empty_answer_is_shown_as_a_sentence() -> None:
    assert shown("status", []) == "No trade is open."
    assert shown("locks", {"lock_count": 0, "locks": []}) == "Nothing to show."
    assert shown("performance", []) == "Nothing to show."


def test_text_from_a_bot_cannot_command_the_terminal() -> None:
    tag = "\x1b[2J\x07evil\r\n\x9b31m"
    body = {"logs": [["2026", 0.0, "name", "INFO", tag]], "log_count": 1}
    for text in (shown("logs", body), shown("status", [{"trade_id": 1, "enter_tag": tag}])):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
        assert "evil" in text
    assert "\x1b[2J" not in line({"type": "status", "status": tag})


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: number_format.amount(value).text)


@given(st.lists(st.tuples(NUMBERS, TEXTS, NUMBERS, TEXTS), min_size=1, max_size=5), st.integers(20, 120))
def test_a_table_fits_and_its_numbers_are_whole(rows: list, width: int) -> None:
    table = Table(("A", "B", "C", "D"), [[Cell(text) for text in row] for row in rows], frozenset({0, 2}))
    heading, *lines = [bare(line) for line in table.lines(width)]
    assert all(cells(line) <= width for line in (heading, *lines))
    for row, text in zip(rows, lines, strict=False):
        assert row[0] in text
        assert "C" not in heading or row[2] in text


@given(TEXTS, st.integers(1, 30))
def test_a_shortened_text_has_its_width(text: str, width: int) -> None:
    assert cells(shortened(text, width)) <= width
    assert shortened(text, 1000) == text


def test_columns_without_room_are_named() -> None:
    table = Table(("One", "Two", "Three"), [[Cell("1" * 30)] * 3], frozenset(range(3)))
    assert table.lines(40)[-1].endswith("(no room, see --json: Two, Three)\x1b[0m")


def test_wide_characters_take_two_columns() -> None:
    assert cells("日本") == 4
    assert shortened("日本語", 4) == "日…"


def test_long_facts_are_wrapped_under_each_other() -> None:
    facts = Facts([("pairs", Cell(", ".join(["BTC/USDT"] * 9)))])
    first, *rest = facts.lines(50)
    assert first.startswith("pairs  BTC/USDT")
    assert rest
    assert all(text.startswith("       BTC/USDT") and len(text) <= 50 for text in rest)


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (number_format.amount, 0.1 + 0.2, "0.3"),
        (number_format.amount, 65082.84, "65,082.84"),
        (number_format.amount, -0.0, "0"),
        (number_format.amount, 1e-8, "0.00000001"),
        (number_format.amount, None, "-"),
        (number_format.money, 1234.5, "1,234.50"),
        (number_format.money, 0.00012345, "0.00012345"),
        (number_format.gain, 12.5, "+12.50"),
        (number_format.gain, 0, "0.00"),
        (number_format.percent, -0.0123, "-1.23%"),
        (number_format.percent, None, "-"),
        (number_format.share, 0.36363, "36.36%"),
        (number_format.points, -0.22, "-0.22%"),
        (number_format.moment, 1795355211283, "2026-11-22 13:46"),
        (number_format.moment, 0, "-"),
        (number_format.moment, 1e30, "1e+30"),
        (number_format.span, 90061.4, "1 d 1:01:01"),
        (number_format.span, None, "-"),
        (number_format.plain, ["a", 1, None], "a, 1, -"),
        (number_format.plain, False, "no"),
    ],
)
def test_figures(form, value, text: str) -> None:
    found = form(value).text
    assert found == text or (value == 1e30 and found.startswith("1,000"))


def test_tabs_become_spaces() -> None:
    assert clean("a\tb") == "a    b"


NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FILLED = {
    "trade_id": 3,
    "pair": "ETH/USDT",
    "direction": "Long",
    "amount": 0.05,
    "open_rate": 2500.0,
    "enter_tag": "dip",
}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({}, "03:04:05 ?            {}"),
        ({"type": "status", "status": "running"}, "03:04:05 status       running"),
        ({"type": "entry_fill"} | FILLED, "03:04:05 entry_fill   ETH/USDT long #3 0.05 at 2,500 (dip)"),
        (
            {"type": "exit_fill", "close_rate": 2600.0, "profit_ratio": 0.04, "profit_amount": 5} | FILLED,
            "03:04:05 exit_fill    ETH/USDT long #3 0.05 at 2,600 +4.00% +5.00",
        ),
        ({"type": "whitelist", "data": ["A/B", "C/D"]}, "03:04:05 whitelist    A/B, C/D"),
        (
            {"type": "analyzed_df", "data": {"key": ["A/B", "5m", "spot"], "df": {}}},
            "03:04:05 analyzed_df  A/B, 5m, spot",
        ),
        (
            {"type": "protection_trigger", "pair": "A/B", "reason": "losses"},
            "03:04:05 protection_trigger A/B losses",
        ),
    ],
)
def test_messages_are_a_line(message: dict, text: str) -> None:
    assert bare(line(message, NOW)) == text

"""Choosing among pairs and their candles; nothing here needs a bot."""

from datetime import UTC, datetime, timedelta

from appliance.domain.decisions.kinds import Kind, Subject
from appliance.pairlists.evaluation import step_of
from appliance.queries.decisions import CandleDecision, CandleSignal, DecisionStep
from appliance.reports.performance import PerformanceEntry
from appliance.server.dashboard.pages.pair import CANDLES, history_of
from appliance.server.dashboard.pages.pairs import (
    Choice,
    PairRow,
    address_of,
    choice_in,
    chosen,
    named,
    steps_of,
)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def row(pair: str, text: str = "no entry", made: float | None = None, **more: object) -> PairRow:
    entry = None
    if made is not None:
        entry = PerformanceEntry(
            profit_ratio=0.0, profit_pct=0.0, profit_abs=made, count=2, pair=pair, profit=0.0
        )
    values = {"decided": None, "is_listed": True, "open_trades": 0, "locked_until": None} | more
    return PairRow(pair=pair, text=text, made=entry, **values)


def names(rows: list[PairRow]) -> list[str]:
    return [one.pair for one in rows]


ROWS = [
    row("BTC/USDT", made=-3.0, open_trades=1),
    row("ETH/USDT", "no entry: locked until noon", made=5.0, locked_until=NOON),
    row("ADA/USDT", is_listed=False, decided=NOON),
]


def test_pairs_are_searched_by_name_and_by_reason():
    assert names(chosen(ROWS, Choice(text="btc"))) == ["BTC/USDT"]
    assert names(chosen(ROWS, Choice(text="LOCKED"))) == ["ETH/USDT"]
    assert chosen(ROWS, Choice(text="nothing")) == []


def test_groups_and_orders():
    groups = {only: names(chosen(ROWS, Choice(only=only))) for only in ("listed", "open", "locked")}
    assert groups == {"listed": ["BTC/USDT", "ETH/USDT"], "open": ["BTC/USDT"], "locked": ["ETH/USDT"]}
    assert names(chosen(ROWS, Choice(order="pair"))) == ["ADA/USDT", "BTC/USDT", "ETH/USDT"]
    assert names(chosen(ROWS, Choice(order="profit"))) == ["ETH/USDT", "BTC/USDT", "ADA/USDT"]
    assert names(chosen(ROWS, Choice(order="decided")))[0] == "ADA/USDT"
    assert names(chosen(ROWS, Choice())) == names(ROWS)


def test_a_choice_is_in_the_address_and_odd_ones_are_none():
    choice = choice_in({"text": " eth ", "only": "locked", "order": "profit"})
    assert address_of(choice, page=2) == "pairs?text=eth&only=locked&order=profit&page=2"
    assert choice_in({"only": "<b>", "order": "x"}) == Choice()
    assert address_of(Choice()) == "pairs"


def test_removed_pairs_are_told_by_reason():
    step = step_of("Filter", "does", ["A", "B", "C", "D"], ["D"], {"A": "dear", "B": "cheap", "C": "cheap"})
    [view] = steps_of([step])
    assert view.reasons == [("cheap", ["B", "C"]), ("dear", ["A"])]
    assert view.most == 4


def test_items_of_the_blacklist_tell_what_they_match():
    told = named({"BTC/USDT": ["BTC/USDT"], "X/.*": [], "B.*": [f"B{n}" for n in range(40)]})
    assert told["BTC/USDT"] == ""
    assert told["X/.*"] == "matches no pair of this exchange"
    assert told["B.*"].endswith("B29 and 10 more")


def step(kind: Kind, subject: Subject, text: str) -> DecisionStep:
    return DecisionStep(kind=kind, subject=subject, text=text, at=NOON, at_ts=0, last_ts=0, times=1, facts={})


def candle(number: int, *steps: DecisionStep, columns: tuple[str, ...] = ()) -> CandleDecision:
    signal = CandleSignal(columns=list(columns), enter_tag=None, exit_tag=None)
    opened = NOON - timedelta(minutes=number)
    return CandleDecision(
        candle=opened, candle_ts=number, text="", signal=signal, indicators={}, steps=list(steps)
    )


QUIET = step(Kind.NO_SIGNAL, Subject.ENTRY, "no entry: no entry signal")
LOCKED = step(Kind.LOCKED, Subject.ENTRY, "no entry: locked until noon")
PLACED = step(Kind.ORDER_PLACED, Subject.ORDER, "order placed")
CANDLES_SEEN = [candle(0, QUIET), candle(1, LOCKED, PLACED, columns=("enter_long",)), candle(2)]


def test_candles_are_chosen_by_what_their_steps_are_about():
    assert history_of(CANDLES_SEEN, "", "", 1).found == 3
    entries = history_of(CANDLES_SEEN, "entry", "", 1)
    assert [[one.text for one in candle.steps] for candle in entries.candles] == [
        ["no entry: locked until noon"]
    ]
    assert [one.candle_ts for one in history_of(CANDLES_SEEN, "signal", "", 1).candles] == [1]
    assert history_of(CANDLES_SEEN, "", "PLACED", 1).candles[0].steps == [PLACED]
    assert history_of(CANDLES_SEEN, "order", "locked", 1).found == 0


def test_candles_come_page_by_page():
    many = [candle(number, QUIET) for number in range(CANDLES * 2 + 1)]
    last = history_of(many, "", "", 99)
    assert (last.page, last.pages, len(last.candles)) == (3, 3, 1)
    assert history_of(many, "", "entry", 1).older == "?text=entry&page="

"""Where the walk is: what is known there, and which pairs are done with a candle."""

import pytest

from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.place import Place
from appliance.research.backtest.walk.steps import Timeline, steps_of
from tests.research.backtest.walk.made import BEGIN, FIVE_MINUTES, flat, rows, series
from tests.support.trades import new_trade

A, B, C = "A/USDT", "B/USDT", "C/USDT"


class Walked:
    """A place in a walk over three pairs, of which the last is listed ten candles late."""

    def __init__(self, detail=None):
        timeline = Timeline(BEGIN, "5m", detail)
        fine = rows(flat(200), timeframe="1m") if detail else None
        tables = {
            A: series(flat(20), pair=A, detail=fine),
            B: series(flat(20), pair=B),
            C: series(flat(5), pair=C, begin=10),
        }
        steps = {
            pair: steps_of(one, timeline, can_short=False, last_ms=BEGIN + 99 * FIVE_MINUTES)
            for pair, one in tables.items()
        }
        self.book = TradeList()
        self.place = Place(timeline, steps, {A: 0, B: 1, C: 2}, self.book)
        self.moves = []
        self.place.on_move = self.moves.append

    def open(self, pair):
        trade = new_trade(pair=pair)
        self.book.add(trade)
        return trade

    def enter(self, position):
        return list(self.place.enter(position))

    def seen(self):
        return [self.place.rows_seen(pair) for pair in (A, B, C)]


@pytest.fixture
def walked():
    return Walked()


def opened(candle):
    return BEGIN + FIVE_MINUTES * candle


def test_each_candle_on_the_way_begins_once(walked):
    assert walked.enter(3) == [opened(1), opened(2), opened(3)]
    assert walked.enter(3) == []
    assert walked.enter(4) == [opened(4)]


def test_the_time_moves_with_the_pair_and_before_its_turn_the_candle_before_is_known(walked):
    walked.enter(1)
    walked.place.at(A, opened(1))
    walked.enter(2)
    assert walked.moves == [opened(0), opened(1), opened(1)]


def test_of_pairs_that_the_walk_does_not_have_nothing_is_known(walked):
    assert walked.place.rows_seen("D/USDT") is None


def test_a_pair_is_known_up_to_the_present_candle_once_it_has_had_its_turn(walked):
    walked.enter(5)
    assert walked.seen() == [4, 4, 0], "nobody has had a turn"
    walked.place.at(A, opened(5))
    assert walked.seen() == [5, 4, 0]
    walked.place.at(B, opened(5))
    assert walked.seen() == [5, 5, 0]


def test_a_pair_that_was_listed_later_is_counted_from_its_own_first_candle(walked):
    walked.enter(12)
    walked.place.at(C, opened(12))
    assert walked.seen() == [12, 12, 2]


def test_pairs_with_an_open_trade_have_their_turn_first(walked):
    walked.open(B)
    walked.enter(5)
    walked.place.at(B, opened(5))
    assert walked.seen() == [4, 5, 0]
    walked.place.at(A, opened(5))
    assert walked.seen() == [5, 5, 0]


def test_inside_a_candle_all_pairs_have_had_their_turn():
    walked = Walked(detail="1m")
    walked.enter(5 * 4 + 2)
    walked.place.at(A, opened(4) + 2 * 60_000)
    assert walked.seen() == [4, 4, 0]
    walked.enter(5 * 5)
    assert walked.seen() == [4, 4, 0]


def test_a_pair_whose_trade_has_closed_within_the_candle_rests(walked):
    trade = walked.open(A)
    walked.enter(2)
    assert not walked.place.rests(A)
    walked.book.close(trade)
    assert walked.place.rests(A)
    assert not walked.place.rests(B), "which had none"
    walked.enter(3)
    assert not walked.place.rests(A)


def test_so_does_a_pair_whose_trade_opened_within_it():
    walked = Walked(detail="1m")
    walked.enter(5)
    trade = walked.open(A)
    walked.enter(6)
    walked.place.at(A, opened(1) + 60_000)
    walked.book.close(trade)
    assert walked.place.rests(A)

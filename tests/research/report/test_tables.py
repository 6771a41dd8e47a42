"""What the page shows without scripts."""

from appliance.domain.lock import PairLock
from appliance.domain.timeframe import to_ms
from appliance.research.backtest.outcome import Counters
from appliance.research.report.equity import Account, candle_grid
from appliance.research.report.tables import bars_of, calendar_of, signal_counts
from tests.research.report.made import START, STEP_MS, at, outcome, rows, trade


def test_a_calendar_has_a_cell_for_each_month_tested():
    grid = candle_grid("5m", to_ms(START), to_ms(START) + 40 * STEP_MS)
    account = Account(grid, 1000.0)
    trades = [
        trade((2, "entry", 1.0, 100.0), (10, "exit", 1.0, 110.0)),
        trade((20, "entry", 1.0, 100.0), (30, "exit", 1.0, 80.0)),
    ]
    account.add_pair(rows([100.0] * 41), trades)
    (year,) = calendar_of(account, trades)
    assert year.year == 2025
    january, february, *others = year.months
    assert january is not None
    assert february is not None
    assert others == [None] * 10
    assert (january.trades, february.trades) == (1, 1)
    assert january.change > 0 > february.change
    assert (january.strength, february.strength) == (17, 35)
    assert year.change == january.change + february.change


def test_bars_are_as_high_as_their_counts():
    trades = [
        trade((0, "entry", 1.0, 100.0), (1, "exit", 1.0, rate)) for rate in (95.0, 101.3, 101.31, 102.3)
    ]
    bars = bars_of(trades)
    assert {bar.tone for bar in bars} == {"up", "down"}
    assert sum(bar.height > 0 for bar in bars) == 3
    assert max(bars, key=lambda bar: bar.height).title.endswith(": 2 trades")
    assert [bar.label for bar in bars if bar.label][-1] in ("0 %", "1 %", "2 %")
    assert bars_of([]) == []


def test_far_profits_have_open_bars():
    exits = [100.1] * 200 + [101.3] * 200 + [50.0, 300.0]
    trades = [trade((0, "entry", 1.0, 100.0), (1, "exit", 1.0, rate)) for rate in exits]
    titles = [bar.title for bar in bars_of(trades)]
    assert titles[0].startswith("below −")
    assert titles[-1].endswith("or more: 1 trade")


def test_counts_name_what_happened():
    lock = PairLock(pair="*", lock_time=at(0), lock_end_time=at(1))
    made = outcome([], candles=5, counters=Counters(rejected_signals=3), locks=[lock])
    assert signal_counts(made) == [("Entry signals without a free slot", 3), ("Locks", 1)]
    assert signal_counts(outcome([], candles=5)) == []

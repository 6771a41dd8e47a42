"""The report of a backtest as a file."""

import re

from appliance.research.backtest.realism import Realism
from appliance.research.report.page import MOST_GROUPS, report_page
from appliance.research.report.terms import Terms
from tests.research.report.made import Series, outcome, rows, trade

TERMS = Terms(timeframe="5m", stake_currency="USDT", facts=(("Exchange", "binance"),))
HOSTILE = "</script><script>alert(1)</script>\"'&<b>"


def test_a_report_has_warnings_and_terms():
    made = outcome([trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0))], candles=10)
    series = iter([Series("ETH/USDT", rows([100.0] * 10))])
    text = report_page(made, series, TERMS, ["Fees are zero"]).decode()
    assert "Backtest of Made" in text
    assert "<li>Fees are zero</li>" in text
    assert "<dt>Exchange</dt><dd>binance</dd>" in text


def test_texts_of_a_strategy_are_texts():
    one = trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0), enter_tag=HOSTILE, exit_reason=HOSTILE)
    other = trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0), enter_tag="fine")
    made = outcome([one, other], candles=10, strategy=HOSTILE)
    page = report_page(made, [Series("ETH/USDT", rows([100.0] * 10))], TERMS, [HOSTILE]).decode()
    assert "alert(1)</script>" not in page
    assert "<b>" not in re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL).replace("<b aria", "")
    assert page.count("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;&lt;b&gt;") >= 5


def test_without_trades_the_page_says_what_to_look_at():
    page = report_page(outcome([], candles=10), [Series("ETH/USDT", rows([100.0] * 10))], TERMS).decode()
    assert "<strong>No trades:</strong> no entry signal of the strategy could be" in page
    assert 'id="filters"' not in page
    assert "<dialog" not in page
    places = set(re.findall(r'<a href="#([a-z]+)"', page)) - {"main"}
    assert all(f'id="{place}"' in page for place in places)


def test_of_very_many_tags_the_best_and_the_worst_are_shown():
    trades = [
        trade((0, "entry", 1.0, 100.0), (1, "exit", 1.0, 90.0 + 0.1 * number), enter_tag=f"tag {number}")
        for number in range(MOST_GROUPS + 5)
    ]
    page = report_page(outcome(trades, candles=5), [Series("ETH/USDT", rows([100.0] * 5))], TERMS).decode()
    assert f'Entry tags <span class="count">{MOST_GROUPS + 5}</span>' in page
    assert page.count('data-filter="tag"') == MOST_GROUPS
    assert 'data-value="tag 0"' in page
    assert f'data-value="tag {MOST_GROUPS + 4}"' in page
    assert 'data-value="tag 102"' not in page
    assert f"The {MOST_GROUPS} with the largest profits and losses are shown" in page


def test_pairs_without_candles_are_named():
    made = outcome([trade((0, "entry", 1.0, 100.0), (3, "exit", 1.0, 110.0), pair="OLD/USDT")], candles=10)
    page = report_page(made, [Series("ETH/USDT", rows([100.0] * 10))], TERMS).decode()
    assert "OLD/USDT: no candles" in page
    assert "Not traded: ETH/USDT" in page


def test_a_range_of_one_candle_and_an_empty_series_have_a_report():
    made = outcome([trade((0, "entry", 1.0, 100.0), (0, "exit", 1.0, 101.0))], candles=1)
    assert report_page(made, [Series("ETH/USDT", rows([]))], TERMS)


def test_a_surrogate_of_a_file_name_does_not_break_the_page():
    assert report_page(outcome([], candles=3, strategy="S\udc80"), [], TERMS)


def test_models_of_realism_are_facts():
    series = [Series("ETH/USDT", rows([100.0] * 10))]
    assert "Realism" not in report_page(outcome([], candles=10), series, TERMS).decode()
    page = report_page(outcome([], candles=10, realism=Realism(slippage=0.001)), series, TERMS).decode()
    assert "<dt>Realism</dt><dd>slippage 0.1 %</dd>" in page

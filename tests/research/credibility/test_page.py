"""The report of a search as a page."""

import re
from pathlib import Path

import numpy as np

from appliance.research.credibility.examine import Histories, examined
from appliance.research.credibility.page import search_page, write_page
from appliance.research.credibility.record import SearchRecord
from appliance.research.credibility.report import report_of
from tests.research.credibility.made import around, outcome, search

HOSTILE = "</script><script>alert(1)</script>\"'&<b>"


def page(record: SearchRecord, **found: object) -> str:
    examination = examined(record, **found)  # type: ignore[arg-type]
    return search_page(examination, report_of(examination)).decode()


def test_a_page_replaces_the_file_before_it(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "search.html"
    examination = examined(search())
    for _ in range(2):
        write_page(file, examination, report_of(examination))
    assert "This result is probably luck" in file.read_text()
    assert [one.name for one in file.parent.iterdir()] == ["search.html"]


def test_texts_of_a_strategy_are_texts() -> None:
    record = search(loss=HOSTILE, parameters={HOSTILE: HOSTILE})
    text = page(record, neighbourhood=around(kept=0.5))
    assert "alert(1)</script>" not in text
    assert text.count("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;&lt;b&gt;") >= 3


def test_the_verdict_comes_before_all_figures() -> None:
    text = page(search())
    assert text.index("<h1") < text.index("The questions behind it") < text.index("Key figures")


def test_every_part_is_there_and_its_link_leads_to_it() -> None:
    text = page(search(), neighbourhood=around(kept=0.9), histories=Histories(np.array([0.1, -0.2, 0.3])))
    for title in ("Sharpe ratios of all trials", "Drawdowns in other orders", "Profits on made-up candles"):
        assert title in text
    assert "buy_step and sell_kind" in text
    places = set(re.findall(r'<a href="#([a-z]+)"', text)) - {"main"}
    assert "map" in places
    assert all(f'id="{place}"' in text for place in places)


def test_a_search_without_trades_has_a_page() -> None:
    idle = search(
        trials=1, returns=np.zeros((1, 5), np.float32), best=0, days=5, outcome=outcome(np.zeros(0))
    )
    assert "This search found nothing" in page(idle)


def test_nothing_is_asked_of_a_network() -> None:
    text = page(search())
    assert "default-src &#39;none&#39;" in text
    assert not re.search(r'(src|href)="https?://(?!www\.tradingview)', text)

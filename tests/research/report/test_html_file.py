"""Pages that are one file."""

import base64
import hashlib
import json
import re
import zlib
from datetime import UTC, datetime

import pytest

from appliance.assets import asset_dir
from appliance.research.report.html_file import dated, packed_json
from appliance.research.report.page import SCRIPTS, report_page
from appliance.research.report.terms import Terms
from tests.research.report.made import outcome

TERMS = Terms(timeframe="5m", stake_currency="USDT")


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(outcome([], candles=5), [], TERMS).decode()


def test_the_policy_names_the_scripts_of_the_page_and_no_address(page: str):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 2
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    wanted = " ".join(f"'sha256-{one}'" for one in hashes)
    assert f"script-src {wanted};" in policy.replace("&#39;", "'")
    assert "default-src &#39;none&#39;" in policy
    assert not re.search(r"https?:|\*", policy)


def test_nothing_is_loaded_from_elsewhere(page: str):
    html = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert set(re.findall(r'(?:src|href)="([a-z]+:[^";,]+)', html)) == {
        "data:image/svg+xml",
        "https://www.tradingview.com/",
    }
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert not re.search(r"@import|url\(", styles)


@pytest.mark.parametrize("name", [f"report/{name}" for name in SCRIPTS])
def test_our_scripts_ask_nothing_of_a_network(name: str):
    script = (asset_dir("web") / name).read_text()
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|EventSource|import\(|innerHTML|eval\(", script)


def test_json_is_packed_and_knows_no_nan():
    packed = packed_json({"text": "</script>", "number": float("nan")})
    assert json.loads(zlib.decompress(base64.b64decode(packed))) == {"text": "</script>", "number": None}


def test_dates_have_their_year():
    assert dated(datetime(2025, 1, 31, 22, 5, 59, tzinfo=UTC)) == "2025-01-31 22:05"
    assert dated(None) == "–"

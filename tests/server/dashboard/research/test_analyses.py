"""Analyses that a form starts, and what their pages say of what came out."""

import math

import msgspec
import pytest

from appliance.queries.roles import Role
from appliance.research.lookahead.result import BiasedColumn, BiasedSignal, Evidence, LookaheadResult
from appliance.research.recursive.result import Needed, RecursiveResult
from appliance.server.dashboard.research import outcomes
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.research.conftest import Served
from tests.support.research.backtests import walk
from tests.support.research.webserver import audited, workbench_of

EXITS = "dataframe.loc[dataframe['close'].shift(-1) < dataframe['close'], 'exit_long'] = 1"
MEAN = "dataframe['mean'] = dataframe['close'].rolling(15).mean()"
FORMS = ("lookahead", "recursive", "replay")


@pytest.fixture
def stocked(served: Served) -> Served:
    served.workspace.strategy(startup=10, indicators=MEAN, exits=EXITS)
    served.workspace.store("BTC/USDT", walk(120))
    return served


async def test_without_candles_the_forms_say_what_to_do(served: Served) -> None:
    visitor = await served.enter()
    page = words(await visitor.page("/research/analyses"))
    assert page.count("No run since the server started.") == 3
    for form in ("lookahead", "recursive"):
        assert "No candles yet." in words(await visitor.page(f"/research/{form}"))


@pytest.mark.parametrize(
    ("form", "fields", "problem"),
    [
        ("lookahead", {"strategy": HOSTILE}, "Choose a strategy"),
        ("lookahead", {"strategy": "Mine", "least": "1.5"}, "1.5 is no whole number"),
        ("lookahead", {"strategy": "Mine", "least": "30", "target": "20"}, "20 are fewer than the 30"),
        ("recursive", {"strategy": "Mine", "counts": "199 x"}, '"x" is no number'),
        ("recursive", {"strategy": "Mine", "counts": " ".join(map(str, range(1, 60)))}, "50 numbers at most"),
        ("replay", {"detail": HOSTILE}, "Detail candles:"),
        ("replay", {"from": "2025-02-01", "until": "2025-01-01"}, "The range ends before it begins"),
    ],
)
async def test_a_form_that_makes_no_sense_starts_nothing(
    stocked: Served, form: str, fields: dict[str, str], problem: str
) -> None:
    visitor = await stocked.enter()
    await visitor.page("/research/analyses")
    answer = await visitor.send(f"/research/{form}", **fields, pairs=HOSTILE)
    page = await answer.text()
    assert answer.status == 409
    assert problem in words(page)
    assert "<script>alert" not in page
    assert workbench_of(stocked.api).jobs.all == []


async def test_a_viewer_starts_nothing(stocked: Served) -> None:
    viewer = await stocked.enter(Role.VIEWER)
    for form in FORMS:
        page = await viewer.page(f"/research/{form}")
        assert "look only" in words(page)
        assert (await viewer.send(f"/research/{form}", strategy="Mine")).status == 403
    assert workbench_of(stocked.api).jobs.all == []


async def test_analyses_from_form_to_verdict(stocked: Served) -> None:
    """All of them in one run: each process takes a second. There is no bot whose past could be compared."""
    visitor = await stocked.enter(Role.OPERATOR)
    await visitor.page("/research/analyses")
    shown = {}
    for form in FORMS:
        answer = await visitor.send(f"/research/{form}", strategy="Mine", pairs="BTC/USDT", least="1")
        assert answer.status == 303, await answer.text()
        job = workbench_of(stocked.api).jobs.all[-1]
        assert answer.headers["Location"] == f"/research/jobs/{job.id}"
        await job.ended.wait()
        shown[form] = words(await visitor.page(f"/research/jobs/{job.id}"))
    assert "This strategy knows later candles" in shown["lookahead"]
    assert "exit_long signal 1 or more" in shown["lookahead"]
    assert "Startup candles are too few: the strategy states 10" in shown["recursive"]
    assert "There is no database of a bot yet: nothing to compare" in shown["replay"]
    overview = words(await visitor.page("/research/analyses"))
    assert "✓ done Mine" in overview
    assert "✕ failed All of the past" in overview
    lines = await audited(stocked.api)
    for path in ("lookahead_analysis", "recursive_analysis", "replay"):
        assert any(line.startswith(f"POST /{path} ") for line in lines), lines


HOSTILE_COLUMN = BiasedColumn(
    column=HOSTILE, ahead=1, candles=3, pairs=(HOSTILE,), is_signal=False,
    example=Evidence(pair=HOSTILE, candle_ms=1751400000000, known_ms=0, whole=math.nan, known=HOSTILE),
)  # fmt: skip
LOOKED = LookaheadResult(
    filename="mine.py", strategy=HOSTILE, has_bias=True, total_signals=1, biased_entry_signals=1,
    biased_exit_signals=0, biased_indicators=(HOSTILE,), found_signals=1, checked_candles=2,
    minimum_signals=1, columns=(HOSTILE_COLUMN,), unsteady=(HOSTILE,), failures=1, failure=HOSTILE,
    signals=(BiasedSignal(pair=HOSTILE, candle_ms=0, kind=HOSTILE, change="tag", whole_tag=HOSTILE),),
)  # fmt: skip
NEEDED = RecursiveResult(
    filename="mine.py", strategy=HOSTILE, pair=HOSTILE, startup_candles=(199,), strategy_scc=0,
    results={HOSTILE: {"199": math.inf}}, recommended=None, most=300, lookahead=(HOSTILE_COLUMN,),
    needed=(Needed(column=HOSTILE, candles=None, verdict="needs more", deviation=math.inf),),
)  # fmt: skip
SIDE = {
    "trade_id": 1, "opened": "2026-01-01T00:00:00Z", "open_rate": 1.0, "stake": 1.0, "amount": 1.0,
    "fee": 0.0, "tag": HOSTILE, "closed": "2026-01-01T01:00:00Z", "close_rate": 2.0, "exit_reason": HOSTILE,
    "profit": 1.0,
}  # fmt: skip
REASON = {"about": "entry", "cause": "late", "text": HOSTILE, "evidence": HOSTILE}
COMPARED = {
    "strategy": HOSTILE, "timeframe": HOSTILE, "stake_currency": "USDT", "notes": [HOSTILE],
    "first": "2026-01-01T00:00:00Z", "last": "2026-01-02T00:00:00Z", "causes": [],
    "totals": {"live": 1, "tested": 0, "matched": 0, "same": 0, "only_live": 1, "only_tested": 0,
               "unexplained": 1, "live_profit": 1.0, "tested_profit": 0.0},
    "trades": [{"pair": HOSTILE, "direction": "short", "live": SIDE, "tested": None, "reasons": [REASON]}],
}  # fmt: skip
ANSWERS = {
    "lookahead_analysis": ({"result": LOOKED}, "knows later candles"),
    "recursive_analysis": ({"result": NEEDED}, "no number of startup candles makes them right"),
    "replay": ({"comparison": COMPARED}, "Of 1 no cause is known."),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_results_name_is_text(served: Served, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that has ended, with another answer than its own: no process makes names like these."""
    visitor = await served.enter()
    workbench = workbench_of(served.api)
    job = workbench.jobs.start("pairlist", workbench.order("losses:none"), HOSTILE)
    await job.ended.wait()
    found, verdict = ANSWERS[kind]
    monkeypatch.setattr(job, "kind", kind)
    monkeypatch.setattr(job, "status", outcomes.Status.SUCCESS)
    monkeypatch.setattr(job, "read", lambda: msgspec.json.encode(found))
    page = await visitor.page(f"/research/jobs/{job.id}")
    assert verdict in words(page)
    assert "<script>alert" not in page
    assert "<img src=x" not in page

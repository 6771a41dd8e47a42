"""Backtests and downloads that a form starts, and the jobs that come of them."""

import pytest

from appliance.queries.roles import Role
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.research.conftest import Served
from tests.support.research.backtests import walk
from tests.support.research.webserver import audited, workbench_of


@pytest.fixture
def stocked(served: Served) -> Served:
    workspace = served.workspace
    workspace.strategy(entries="dataframe.loc[dataframe.index % 5 == 0, 'enter_long'] = 1")
    workspace.strategy("Slow", indicators="import time; time.sleep(600)")
    candles = walk(600)
    for pair in ("BTC/USDT", "ETH/USDT"):
        workspace.store(pair, candles[[*range(100), *range(110, 600)]])
    return served


async def test_without_candles_the_forms_say_what_to_do(served: Served) -> None:
    visitor = await served.enter()
    assert "No candles yet." in words(await visitor.page("/research/backtest"))
    assert "No candles yet." in words(await visitor.page("/research/data"))
    assert "Nothing is running." in words(await visitor.page("/research/jobs"))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"strategy": "../evil"}, "Choose a strategy"),
        ({"strategy": "Mine", "fee": "x"}, 'Fee: "x" is no number'),
        ({"strategy": "Mine", "wallet": "nan"}, 'Wallet: "nan" is no number'),
        (
            {"strategy": "Mine", "from": "2025-02-01", "until": "2025-01-01"},
            "The range ends before it begins",
        ),
        ({"strategy": "Mine", "from": "soon"}, '"soon" is no date'),
        ({"strategy": "Mine", "timeframe": HOSTILE}, "Candles:"),
    ],
)
async def test_a_form_that_makes_no_sense_starts_nothing(
    stocked: Served, fields: dict[str, str], problem: str
) -> None:
    visitor = await stocked.enter()
    await visitor.page("/research/backtest")
    answer = await visitor.send("/research/backtest", **fields, pairs=HOSTILE, notes=HOSTILE)
    page = await answer.text()
    assert answer.status == 409
    assert problem in words(page)
    assert "<script>alert" not in page
    assert workbench_of(stocked.api).jobs.all == []


async def test_a_viewer_starts_and_stops_nothing(stocked: Served) -> None:
    viewer = await stocked.enter(Role.VIEWER)
    assert "Run backtest" not in await viewer.page("/research/backtest")
    assert "look only" in words(await viewer.page("/research/backtest"))
    for path in ("backtest", "data", "jobs/1/abort"):
        answer = await viewer.send(f"/research/{path}", strategy="Mine", pairs="BTC/USDT", timeframes="5m")
        assert answer.status == 403
    assert workbench_of(stocked.api).jobs.all == []


async def test_a_backtest_from_its_form_to_its_result(stocked: Served) -> None:
    """All of it in one run: each process takes a second."""
    visitor = await stocked.enter(Role.OPERATOR)
    page = await visitor.page("/research/backtest")
    assert "<option>Mine</option>" in page
    answer = await visitor.send(
        "/research/backtest",
        strategy="Mine",
        pairs="BTC/USDT",
        stake="50",
        fee="0.2",
        slippage="0.05",
        notes="from the form",
        **{"from": "2025-07-01", "until": "2025-07-02"},
    )
    assert answer.status == 303, await answer.text()
    (job,) = workbench_of(stocked.api).jobs.all
    assert answer.headers["Location"] == f"/research/jobs/{job.id}"
    assert "Mine 20250701-20250702" in words(await visitor.page(answer.headers["Location"]))
    await job.ended.wait()
    assert job.error is None
    page = await visitor.page(answer.headers["Location"])
    (result,) = stocked.results.glob("*.zip")
    assert f'href="research/results/{result.stem}?strategy=Mine"' in page
    shown = words(await visitor.page(f"/research/results/{result.stem}?strategy=Mine"))
    assert "from the form" in shown
    assert "Fee 0.2000 %" in shown
    assert "slippage" in shown
    assert "Pairs BTC/USDT" in shown
    report = await visitor.open(f"/research/results/{result.stem}/report?strategy=Mine")
    assert "sandbox allow-scripts" in report.headers["Content-Security-Policy"]
    assert any(line.startswith('POST /backtest {"strategy"') for line in await audited(stocked.api))
    data = words(await visitor.page("/research/data"))
    assert "BTC/USDT 5m 2025-07-01 – 2025-07-03 2 590 10 in 1 gap widest 55 min" in data


async def test_a_job_is_watched_and_stopped(stocked: Served) -> None:
    visitor = await stocked.enter(Role.OPERATOR)
    await visitor.page("/research/backtest")
    address = (await visitor.send("/research/backtest", strategy="Slow")).headers["Location"]
    again = await visitor.send("/research/backtest", strategy="Slow")
    assert again.status == 409
    assert "is running already" in words(await again.text())
    shown = words(await visitor.page("/research/jobs"))
    assert "Backtest Slow since" in shown
    assert "Backtest Slow" in words(await visitor.page("/research"))
    assert (await visitor.send(f"{address}/abort")).headers["Location"] == address
    (job,) = workbench_of(stocked.api).jobs.all
    await job.ended.wait()
    assert "Stopped on request" in words(await visitor.page(address))
    assert any(f"POST {address}/abort" == line for line in await audited(stocked.api))


async def test_the_stream_tells_of_jobs(stocked: Served) -> None:
    visitor = await stocked.enter(Role.OPERATOR)
    page = await visitor.page("/research")
    assert 'data-live="dashboard/live?changes&amp;jobs"' in page
    assert (await visitor.open("/dashboard/live?changes&jobs&once")).status == 204
    stream = await visitor.open("/dashboard/live?changes&jobs")
    assert (await stream.content.readline()) == b"event: beat\n"
    await visitor.send("/research/backtest", strategy="Slow")
    for _ in range(5):
        line = await stream.content.readline()
        if line.startswith(b"event"):
            break
    assert line == b"event: changed\n"
    stream.close()


@pytest.mark.parametrize("fields", [{"pairs": ""}, {"timeframes": ""}, {"timeframes": "soon"}, {"days": "0"}])
async def test_a_download_that_makes_no_sense_starts_nothing(stocked: Served, fields: dict[str, str]) -> None:
    visitor = await stocked.enter(Role.OPERATOR)
    await visitor.page("/research/data")
    given = {"pairs": f"BTC/USDT {HOSTILE}", "timeframes": "5m", "days": "1"} | fields
    answer = await visitor.send("/research/data", **given)
    assert answer.status == 409
    assert "<script>alert" not in await answer.text()


async def test_a_download_is_a_job(stocked: Served) -> None:
    visitor = await stocked.enter(Role.OPERATOR)
    await visitor.page("/research/data")
    answer = await visitor.send("/research/data", pairs="BTC/USDT", timeframes="1h", days="1")
    assert answer.status == 303
    (job,) = workbench_of(stocked.api).jobs.all
    await job.ended.wait()
    assert job.error is None
    assert "BTC/USDT 1h" in words(await visitor.page("/research/data"))

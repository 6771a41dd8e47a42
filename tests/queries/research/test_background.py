"""The jobs over the API: listed, shown, removed."""

import pytest

from tests.support.research.backtests import Workspace
from tests.support.research.webserver import webserver, workbench_of
from tests.support.schema import answer_schema, differences


@pytest.fixture
async def api(tmp_path):
    async with webserver(Workspace(tmp_path)) as api:
        yield api


@pytest.mark.parametrize("name", ["nothing", "..%2F..", "x" * 2000])
async def test_an_unknown_job_is_not_found(api, name):
    assert (await api.get(f"/background/{name}")).status == 404
    assert (await api.ask("DELETE", f"/background/{name}")).status == 404


async def test_jobs_that_have_ended_are_removed_one_by_one_or_all(api):
    jobs = workbench_of(api).jobs
    failing = workbench_of(api).order("settings:nothing")
    first = jobs.start("backtest", failing)
    second = jobs.start("pairlist", failing)
    third = jobs.start("download_data", failing)
    for job in (first, second, third):
        await job.ended.wait()
    shown = (await api.get("/background")).body
    assert differences(shown, answer_schema("GET", "/background")) == []
    assert [one["job_category"] for one in shown] == ["backtest", "pairlist", "download_data"]
    assert {one["status"] for one in shown} == {"failed"}
    assert (await api.get(f"/background/{second.id}")).body == shown[1]
    assert (await api.ask("DELETE", f"/background/{second.id}")).body == shown[1]
    assert (await api.get("/background")).body == [shown[0], shown[2]]
    assert (await api.ask("DELETE", "/background/clear")).body == []

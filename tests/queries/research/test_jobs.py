"""Downloads and evaluations of pair lists over the API, as jobs."""

import pytest

from tests.support.research.backtests import Workspace
from tests.support.research.webserver import audited, ended, webserver, workbench_of
from tests.support.schema import answer_schema, differences

DOWNLOAD = {"pairs": ["BTC/USDT"], "timeframes": ["1h"], "days": 3}
LISTS = {"pairlists": [{"method": "StaticPairList"}], "blacklist": ["ETH/.*"], "stake_currency": "USDT"}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
async def api(workspace):
    async with webserver(workspace) as api:
        yield api


async def started(api, path, body):
    """Start a job, wait for its end, and return what is shown of it."""
    answer = await api.post(path, body)
    assert answer.status == 200, answer
    assert differences(answer.body, answer_schema("POST", path)) == []
    return await ended(api, f"/background/{answer.body['job_id']}")


@pytest.mark.parametrize(
    "body", [{}, {"pairs": "BTC/USDT"}, {"pairs": [1]}, DOWNLOAD | {"days": "all"}, {"pairs": ["A"] * 5001}]
)
async def test_a_download_that_makes_no_sense_is_refused(api, body):
    assert (await api.post("/download_data", body)).status == 422
    assert workbench_of(api).jobs.all == []


async def test_a_download_that_fails_says_why(api, workspace):
    victim = workspace.folder / "data" / ".file.part"
    victim.parent.mkdir(parents=True, exist_ok=True)
    victim.write_text("")
    shown = await started(api, "/download_data", DOWNLOAD | {"exchange": "../data"})
    assert (shown["status"], shown["running"]) == ("failed", False)
    assert shown["error"].startswith("exchange.name: expected an exchange that ccxt knows")
    assert victim.exists()


async def test_candles_are_downloaded_one_job_at_a_time(api):
    first = await api.post("/download_data", DOWNLOAD)
    second = await api.post("/download_data", DOWNLOAD)
    assert (second.status, list(second.body)) == (400, ["detail"])
    shown = await ended(api, f"/background/{first.body['job_id']}")
    assert shown["status"] == "success", shown
    assert shown["progress_tasks"] == {"all": {"progress": 1.0, "total": 1.0, "description": "Series"}}
    stored = (await api.get("/available_pairs")).body
    assert stored["pair_interval"] == [["BTC/USDT", "1h", "spot"]]
    assert any(line.startswith("POST /download_data") for line in await audited(api))


@pytest.mark.parametrize("body", [{}, LISTS | {"pairlists": {}}, LISTS | {"pairlists": ["StaticPairList"]}])
async def test_pair_lists_that_make_no_sense_are_refused(api, body):
    assert (await api.post("/pairlists/evaluate", body)).status == 422


async def test_pair_lists_that_cannot_be_evaluated_say_why(api):
    shown = await started(api, "/pairlists/evaluate", LISTS | {"pairlists": [{"method": "Nothing"}]})
    answer = (await api.get(f"/pairlists/evaluate/{shown['job_id']}")).body
    assert (answer["status"], answer["result"]) == ("failed", None)
    assert 'pairlists[0].method: expected a pair list, found "Nothing"' in answer["error"]
    assert (await api.get("/pairlists/evaluate/nothing")).status == 404


async def test_pair_lists_are_evaluated_with_their_own_blacklist(api):
    shown = await started(api, "/pairlists/evaluate", LISTS)
    answer = await api.get(f"/pairlists/evaluate/{shown['job_id']}")
    assert differences(answer.body, answer_schema("GET", "/pairlists/evaluate/{jobid}")) == []
    assert answer.body["result"] == {"whitelist": ["BTC/USDT"], "length": 1, "method": ["StaticPairList"]}


async def test_a_job_that_is_running_has_no_answer_yet(api, monkeypatch):
    answer = await api.post("/pairlists/evaluate", LISTS)
    assert (await api.get(f"/pairlists/evaluate/{answer.body['job_id']}")).status == 400
    assert (await api.post("/pairlists/evaluate", LISTS)).status == 400

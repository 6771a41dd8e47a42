"""Stored results over the API, by names that may come from anybody."""

import json
import zipfile

import pytest

from tests.support.research.backtests import Workspace
from tests.support.research.webserver import webserver
from tests.support.schema import answer_schema, differences

NAME = "backtest-result-2026-11-0{}_10-00-00"


def store(folder, number, strategy="Mine"):
    """Write a result as small as it can be, and return its name."""
    name = NAME.format(number)
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as file:
        file.writestr(f"{name}.json", json.dumps({"strategy": {strategy: {"total_trades": number}}}))
    metadata = {"run_id": "a1", "backtest_start_time": number, "timeframe": "5m", "backtest_start_ts": 1}
    (folder / f"{name}.meta.json").write_text(json.dumps({strategy: metadata}))
    (folder / f"{name}.html").write_text("a report")
    (folder / ".last_result.json").write_text(json.dumps({"latest_backtest": f"{name}.zip"}))
    return name


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "user_data" / "backtest_results"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
async def api(folder):
    async with webserver(Workspace(folder.parent)) as api:
        yield api


HOSTILE = [
    "..%2F..%2Fsecret",
    "%2E%2E%2Fsecret",
    "..%2Fsecret.zip",
    "%2Fetc%2Fpasswd",
    "secret%00",
    "link",
    ".last_result",
    f"{NAME.format(1)}.meta",
    f"{NAME.format(1)}.meta.json",
    "x" * 3000,
    "*",
    "%5C..%5Csecret",
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_outside_the_folder_is_found_whatever_it_is_called(api, folder, name):
    store(folder, 1)
    outside = folder.parent / "secret.zip"
    with zipfile.ZipFile(outside, "w") as file:
        file.writestr("secret.json", '{"strategy": {"Mine": {}}}')
    (folder / "link.zip").symlink_to(outside)
    before = sorted(folder.iterdir())
    body = {"strategy": "Mine", "notes": "changed"}
    for answer in (
        await api.get(f"/backtest/history/{name}/market_change"),
        await api.get(f"/backtest/history/{name}/Mine/wallet"),
        await api.get(f"/backtest/history/result?filename={name}&strategy=Mine"),
        await api.ask("PATCH", f"/backtest/history/{name}", json=body),
        await api.ask("DELETE", f"/backtest/history/{name}"),
    ):
        assert answer.status in (404, 414, 400), answer
    assert outside.exists()
    assert sorted(folder.iterdir()) == before


async def test_an_empty_folder_and_a_missing_one_have_no_results(api, folder):
    assert (await api.get("/backtest/history")).body == []
    folder.rmdir()
    assert (await api.get("/backtest/history")).body == []


async def test_damaged_metadata_hides_only_its_own_result(api, folder):
    first = store(folder, 1)
    for number, text in ((2, "{"), (3, "[]"), (4, '{"Mine": {"run_id": 5}}'), (5, '{"Mine": null}')):
        (folder / f"{store(folder, number)}.meta.json").write_text(text)
    assert [entry["filename"] for entry in (await api.get("/backtest/history")).body] == [first]


async def test_a_strategy_that_a_result_does_not_have_is_not_found(api, folder):
    name = store(folder, 1)
    assert (await api.get(f"/backtest/history/result?filename={name}&strategy=Other")).status == 404
    assert (await api.get(f"/backtest/history/{name}/Other/wallet")).status == 404
    answer = await api.ask("PATCH", f"/backtest/history/{name}", json={"strategy": "Other", "notes": "x"})
    assert answer.status == 400


async def test_results_are_listed_newest_first(api, folder):
    names = [store(folder, number) for number in (1, 2, 3)]
    shown = (await api.get("/backtest/history")).body
    assert differences(shown, answer_schema("GET", "/backtest/history")) == []
    assert [entry["filename"] for entry in shown] == names[::-1]
    assert shown[0]["backtest_start_time"] == 3
    assert shown[0]["notes"] == ""


async def test_notes_are_stored_and_may_be_long_but_not_endless(api, folder):
    name = store(folder, 1)
    path = f"/backtest/history/{name}"
    (entry,) = (await api.ask("PATCH", path, json={"strategy": "Mine", "notes": "too good \U0001f600"})).body
    assert entry["notes"] == "too good \U0001f600"
    assert (await api.get("/backtest/history")).body == [entry]
    answer = await api.ask("PATCH", path, json={"strategy": "Mine", "notes": "x" * 10_001})
    assert answer.status == 422


async def test_a_removed_result_is_gone_with_its_report_and_the_newest_left_is_the_last(api, folder):
    first, second = store(folder, 1), store(folder, 2)
    (entry,) = (await api.ask("DELETE", f"/backtest/history/{second}")).body
    assert entry["filename"] == first
    assert sorted(file.name for file in folder.iterdir()) == [
        ".last_result.json",
        f"{first}.html",
        f"{first}.meta.json",
        f"{first}.zip",
    ]
    assert json.loads((folder / ".last_result.json").read_text()) == {"latest_backtest": f"{first}.zip"}
    assert (await api.ask("DELETE", f"/backtest/history/{first}")).body == []
    assert list(folder.iterdir()) == []

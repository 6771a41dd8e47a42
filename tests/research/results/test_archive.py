"""The parts of a result's file."""

import json
import math
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from arro3 import io as arrow

from appliance.research.results.archive import market_members, result_members, to_json, zipped
from appliance.research.results.result import BacktestResult
from tests.support.freqtrade_results import columns_of


def test_feather_parts_have_freqtrades_columns_and_values(case):
    for name, content in market_members(case.runs, case.market):
        ours = columns_of(arrow.read_ipc(BytesIO(content)).read_all())
        theirs = case.written.table(name)
        assert list(ours) == list(theirs)
        assert len(ours["date"]) == len(theirs["date"])
        if "total_quote" in theirs:
            assert np.sort(ours["total_quote"]) == pytest.approx(np.sort(theirs["total_quote"]), rel=1e-12)


def test_without_a_run_there_is_no_market(spot):
    assert list(market_members([], spot.market)) == []


def test_warnings_stand_beside_freqtrades_parts():
    result = BacktestResult(strategy={}, strategy_comparison=[], metadata={}, warnings={"A": ["x"]})
    parts = dict(result_members(result, {}))
    assert json.loads(parts["_warnings.json"]) == {"A": ["x"]}
    assert json.loads(parts[".json"]) == {"strategy": {}, "strategy_comparison": []}


def test_json_has_null_for_what_is_no_number_and_texts_for_the_rest():
    values = {"nan": math.nan, "inf": math.inf, "path": Path("a/b"), "date": datetime(2025, 1, 1, tzinfo=UTC)}
    assert json.loads(to_json(values)) == {
        "nan": None,
        "inf": None,
        "path": "a/b",
        "date": "2025-01-01T00:00:00Z",
    }


def test_parts_are_named_after_the_file_and_compressed():
    content = zipped("result", iter([(".json", b"{}" * 100)]))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        (part,) = archive.infolist()
    assert part.filename == "result.json"
    assert part.compress_size < part.file_size

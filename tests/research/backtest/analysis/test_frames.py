"""Frames in files: what is read is what was written, and a killed run leaves nothing behind for long."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import DataError
from appliance.research.backtest.analysis.frames import FrameFolder, frame_folder
from appliance.research.backtest.candles import frame_of
from tests.support.research.backtests import walk

PAIR = "BTC/USDT:USDT"


@pytest.fixture
def folder(tmp_path):
    with frame_folder(tmp_path / "cache") as made:
        yield made


def analysed():
    return frame_of(walk(50)).assign(
        number=1, flag=True, tag="text", other=pd.Series([None, "a"] * 25, dtype=object), empty=np.nan
    )


def test_a_frame_comes_back_as_it_was(folder):
    folder.put("analysed", PAIR, analysed())
    found = folder.get("analysed", PAIR)
    pd.testing.assert_frame_equal(found, analysed())
    assert folder.get("indicators", PAIR) is None
    assert folder.get("analysed", "ETH/USDT") is None


def test_what_is_written_into_a_frame_stays_in_memory(folder):
    folder.put("analysed", PAIR, analysed())
    found = folder.get("analysed", PAIR)
    found.loc[3, "close"] = 7.0
    found["new"] = 1
    assert found["close"][3] == 7.0
    pd.testing.assert_frame_equal(folder.get("analysed", PAIR), analysed())


def test_a_full_disk_is_one_line(folder, monkeypatch):
    monkeypatch.setattr(FrameFolder, "_file", lambda *_: Path("/dev/full"))
    with pytest.raises(DataError, match=r"cannot be stored there \(No space left on device\)"):
        folder.put("analysed", PAIR, analysed())


def test_the_folder_is_gone_in_the_end(tmp_path):
    with frame_folder(tmp_path) as folder:
        folder.put("analysed", PAIR, analysed())
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_killed_programs_left_is_removed(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f"frames-{ended.pid}-abc").mkdir()
    (tmp_path / f"frames-{os.getpid()}-abc").mkdir()
    (tmp_path / "markets").mkdir()
    with frame_folder(tmp_path):
        names = {path.name for path in tmp_path.iterdir()}
    assert f"frames-{ended.pid}-abc" not in names
    assert names >= {f"frames-{os.getpid()}-abc", "markets"}

"""Epochs that freqtrade stored, with two trades left of each."""

from pathlib import Path

import pytest

from tests.support.small_disk import small_disk

__all__ = ["small_disk"]

FREQTRADES = Path(__file__).parents[3] / "data" / "hyperopt" / "freqtrade.fthypt"


@pytest.fixture
def stored(tmp_path):
    file = tmp_path / "strategy_SevenSpaces.fthypt"
    file.write_bytes(FREQTRADES.read_bytes())
    return file

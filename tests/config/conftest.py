"""A working folder of its own, and a configuration that is in order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a configuration file, from text or from values; the path is relative to the working folder."""

    def to_file(content: str | dict[str, Any], name: str = "config.json") -> Path:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return Path(name)

    return to_file


@pytest.fixture
def minimal() -> dict[str, Any]:
    """The minimal configuration of a bot."""
    return {
        "strategy": "SampleStrategy",
        "stake_currency": "USDT",
        "stake_amount": 50,
        "max_open_trades": 3,
        "exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT"]},
    }

"""Run the command line in this process, in a working folder of its own, without the machine's environment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.cli.main import main


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("FREQTRADE__", "APPLIANCE__")):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def appliance(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `appliance` with arguments; a traceback would fail the test."""

    def run(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, captured.out, captured.err)

    return run

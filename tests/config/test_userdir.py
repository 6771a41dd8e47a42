import os
import stat
from pathlib import Path

import pytest

from appliance.config.userdir import make_user_data, write_private
from appliance.domain.errors import ConfigurationError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_cannot_be_made_is_reported(folder: Path) -> None:
    (folder / "user_data").write_text("a file is in the way")
    with pytest.raises(ConfigurationError, match=r"cannot be made: .*--userdir"):
        make_user_data(folder / "user_data")


def test_user_data_is_for_its_owner_only(folder: Path) -> None:
    before = os.umask(0)
    try:
        assert make_user_data(folder / "user_data")
    finally:
        os.umask(before)
    assert mode(folder / "user_data") == 0o700
    assert {"strategies", "data", "logs"} <= set(os.listdir(folder / "user_data"))
    assert not make_user_data(folder / "user_data")


def test_an_existing_file_is_not_overwritten_unless_asked(folder: Path) -> None:
    file = folder / "config.json"
    write_private(file, "one")
    assert mode(file) == 0o600
    with pytest.raises(ConfigurationError, match="exists already"):
        write_private(file, "two")
    assert file.read_text() == "one"
    write_private(file, "two", overwrite=True)
    assert file.read_text() == "two"
    assert os.listdir(folder) == ["config.json"]


def test_a_file_in_a_missing_folder_is_reported(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_private(folder / "nowhere/config.json", "x")

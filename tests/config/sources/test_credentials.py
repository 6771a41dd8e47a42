"""Secrets from files of their own."""

from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import LoadedSettings, Sources, load
from appliance.config.secrets import Mask
from appliance.domain.errors import ConfigurationError


def live(
    write: Any, minimal: Any, *, environ: dict[str, str] | None = None, **exchange: Any
) -> LoadedSettings:
    write(minimal | {"dry_run": False, "exchange": {**minimal["exchange"], **exchange}})
    return load(Sources(("config.json",)), environ or {})


def problems(*args: Any, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        live(*args, **changes)
    return caught.value.problems


def test_files_that_cannot_be_read_are_all_named(write: Any, minimal: Any, folder: Path) -> None:
    (folder / "empty").write_text(" \n")
    (folder / "binary").write_bytes(b"\xff\xfe\x00")
    lines = problems(write, minimal, key_file="absent", secret_file="empty", password_file="binary")
    assert [line.partition(": ")[2] for line in lines] == [
        "exchange.key_file: cannot read absent: No such file or directory",
        "exchange.secret_file: expected a secret in empty, found an empty file",
        "exchange.password_file: cannot read binary: not a text file",
    ]


def test_a_secret_and_its_file_are_one_too_many(write: Any, minimal: Any) -> None:
    (line,) = problems(write, minimal, key="abcd", key_file="absent")
    assert line.endswith("exchange.key_file: expected this or key, found both")
    assert "abcd" not in line


def test_a_secret_is_read_from_the_file_beside_its_name(write: Any, minimal: Any, folder: Path) -> None:
    (folder / "key").write_text("the-api-key\n")
    (folder / "wallet").write_text("0x1234")
    loaded = live(write, minimal, key="", key_file="key", wallet_address_file=str(folder / "wallet"))
    assert loaded.settings.exchange.key == "the-api-key"
    assert loaded.settings.exchange.walletAddress == "0x1234"
    assert loaded.raw["exchange"]["key"] == "the-api-key"
    assert not any("_file" in warning for warning in loaded.warnings)


def test_the_environment_may_name_a_file(write: Any, minimal: Any, folder: Path) -> None:
    (folder / "key").write_text("the-api-key")
    loaded = live(write, minimal, environ={"APPLIANCE__EXCHANGE__KEY_FILE": str(folder / "key")})
    assert loaded.settings.exchange.key == "the-api-key"


def test_systemds_credentials_go_over_files_and_under_variables(
    write: Any, minimal: Any, folder: Path
) -> None:
    given = folder / "credentials"
    given.mkdir()
    (given / "exchange.key").write_text("from-systemd\n")
    (given / "exchange.secret").write_text("also-from-systemd\n")
    (given / "exchange.name").write_text("kraken")
    (given / "unrelated").write_text("x")
    environ = {"CREDENTIALS_DIRECTORY": str(given), "APPLIANCE__EXCHANGE__SECRET": "from-environment"}
    loaded = live(write, minimal, environ=environ, key="from-file")
    found = loaded.settings.exchange
    assert (found.key, found.secret, found.name) == ("from-systemd", "from-environment", "binance")
    mask = Mask()
    mask.learn(loaded.gathered.values)
    assert "from-systemd" not in mask("asked with from-systemd")


def test_dry_run_forgets_what_it_has_read(write: Any, minimal: Any, folder: Path) -> None:
    (folder / "key").write_text("the-api-key")
    write(minimal | {"exchange": {**minimal["exchange"], "key_file": "key"}})
    loaded = load(Sources(("config.json",)), {})
    assert loaded.settings.exchange.key is None

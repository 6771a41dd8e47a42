"""The commands that write and show configurations and folders."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest


def test_new_config_overwrites_nothing_unless_forced(appliance: Any, folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    outcome = appliance("new-config")
    assert outcome.status == 2
    assert "--force" in outcome.err
    assert (folder / "config.json").read_text() == "{}"
    assert appliance("new-config", "--force").status == 0
    assert json.loads((folder / "config.json").read_text())["dry_run"] is True


@pytest.mark.parametrize("amount", ["much", "-5", "0", "nan", "inf"])
def test_new_config_refuses_a_senseless_stake(appliance: Any, folder: Path, amount: str) -> None:
    assert appliance("new-config", "--stake-amount", amount).status == 2
    assert os.listdir(folder) == []


def test_new_config_writes_what_the_options_say(appliance: Any, folder: Path) -> None:
    outcome = appliance(
        *(
            "new-config",
            "-c",
            "kraken.json",
            "--exchange",
            "kraken",
            "--stake-currency",
            "EUR",
            "--stake-amount",
            "25",
        ),
        *("--max-open-trades", "2", "--pair", "ETH/EUR", "--live", "--listen-port", "9000", "-s", "Mine"),
    )
    assert outcome.status == 0
    written = json.loads((folder / "kraken.json").read_text())
    assert stat.S_IMODE((folder / "kraken.json").stat().st_mode) == 0o600
    assert (written["exchange"]["name"], written["exchange"]["pair_whitelist"]) == ("kraken", ["ETH/EUR"])
    assert (written["stake_currency"], written["stake_amount"], written["dry_run"]) == ("EUR", 25.0, False)
    assert (written["api_server"]["listen_port"], written["strategy"]) == (9000, "Mine")
    assert written["api_server"]["password"] not in outcome.out
    assert appliance("show-config", "-c", "kraken.json").status == 0


def test_new_config_goes_to_an_existing_user_data_folder(appliance: Any, folder: Path) -> None:
    appliance("create-userdir")
    appliance("new-config")
    assert (folder / "user_data/config.json").is_file()


def test_show_config_shows_no_secret_unless_asked(appliance: Any) -> None:
    appliance("new-config")
    api = json.loads(Path("config.json").read_text())["api_server"]
    shown = appliance("show-config")
    assert shown.status == 0
    values = json.loads(shown.out)
    assert values["api_server"]["password"] == "REDACTED"
    assert not any(api[key] in shown.out + shown.err for key in ("password", "jwt_secret_key", "ws_token"))
    assert (
        json.loads(appliance("show-config", "--show-sensitive").out)["api_server"]["password"]
        == api["password"]
    )


def test_show_config_shows_what_comes_out_of_all_sources(
    appliance: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.json").write_text('{"fee": 0.01, "max_open_trades": -1, "own": {"key": "abc"}}')
    (folder / "b.json").write_text('{"fee": 0.02, /* later */ }')
    monkeypatch.setenv("FREQTRADE__STAKE_AMOUNT", "77")
    values = json.loads(appliance("show-config", "-c", "a.json", "-c", "b.json", "--strategy", "Mine").out)
    assert (values["fee"], values["stake_amount"], values["strategy"]) == (0.02, 77, "Mine")
    assert (values["max_open_trades"], values["own"]) == (-1, {"key": "REDACTED"})


def test_show_config_prints_the_schema(appliance: Any) -> None:
    assert "Settings" in json.loads(appliance("show-config", "--schema").out)["$defs"]


def test_create_userdir_makes_folders_and_is_content_the_second_time(appliance: Any, folder: Path) -> None:
    assert appliance("create-userdir", "--userdir", "mine").status == 0
    assert (folder / "mine/strategies").is_dir()
    assert appliance("create-userdir", "--userdir", "mine").status == 0
    (folder / "file").touch()
    assert appliance("create-userdir", "--userdir", "file").status == 2


def test_create_userdir_leaves_a_changed_sample_alone_unless_reset(appliance: Any, folder: Path) -> None:
    appliance("create-userdir")
    (sample,) = (folder / "user_data/strategies").glob("*.py")
    original = sample.read_text()
    sample.write_text("changed")
    appliance("create-userdir")
    assert sample.read_text() == "changed"
    appliance("create-userdir", "--reset")
    assert sample.read_text() == original

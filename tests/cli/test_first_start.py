import json
import os
import stat
from pathlib import Path

import pytest

from appliance.cli.first_start import created_lines, first_start, login_lines, needs_first_start
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.errors import ConfigurationError


@pytest.fixture
def loaded(folder: Path) -> LoadedSettings:
    first_start(Path("user_data"))
    return load(Sources(), {})


def test_a_folder_that_cannot_be_written_is_reported(folder: Path) -> None:
    (folder / "user_data").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        first_start(Path("user_data"))


def test_an_existing_configuration_is_left_alone(folder: Path) -> None:
    assert needs_first_start(Path("user_data"))
    (folder / "config.json").write_text("{}")
    assert not needs_first_start(Path("user_data"))
    assert needs_first_start(Path("user_data")) is False
    assert not (folder / "user_data").exists()


def test_it_makes_a_configuration_for_its_owner_only(loaded: LoadedSettings, folder: Path) -> None:
    file = folder / "user_data/config.json"
    assert stat.S_IMODE(os.stat(folder / "user_data").st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(json.loads(file.read_text())["api_server"]["jwt_secret_key"]) >= 32
    assert not needs_first_start(Path("user_data"))


def test_it_is_simulated_money_on_the_simulated_market_with_the_dashboard_on_loopback(
    loaded: LoadedSettings,
) -> None:
    settings = loaded.settings
    assert (settings.dry_run, settings.exchange.name, settings.force_entry_enable) == (
        True,
        "simulated",
        True,
    )
    assert (settings.api_server.enabled, settings.api_server.listen_ip_address) == (True, "127.0.0.1")
    assert loaded.warnings == ()


def test_the_password_is_shown_once(loaded: LoadedSettings) -> None:
    password = loaded.settings.api_server.password
    first = "\n".join(login_lines(loaded, new=True))
    assert password in first
    assert "http://127.0.0.1:8080" in first
    assert str(Path("user_data/config.json").absolute()) in "".join(created_lines(loaded))
    assert list(login_lines(loaded, new=False)) == ["Dashboard: http://127.0.0.1:8080"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("192.168.1.5", "192.168.1.5")],
)
def test_the_address_is_one_that_a_browser_opens(folder: Path, address: str, shown: str) -> None:
    first_start(Path("user_data"))
    loaded = load(Sources(overrides={"api_server.listen_ip_address": address}), {})
    assert list(login_lines(loaded, new=False)) == [f"Dashboard: http://{shown}:8080"]

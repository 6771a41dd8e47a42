"""Each setting says where its value comes from, whatever source set it."""

import json
from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.config.origins import ShownSetting, shown_sections
from appliance.domain.enums import RunMode
from tests.config.conftest import Write


def shown(*files: str, environ: dict[str, str] | None = None, **overrides: Any) -> dict[str, ShownSetting]:
    loaded = load(Sources(files, overrides), environ or {}, runmode=RunMode.OTHER)
    return {setting.path: setting for section in shown_sections(loaded) for setting in section.settings}


def test_a_value_comes_from_the_source_that_overrides_the_others(
    write: Write, minimal: dict[str, Any]
) -> None:
    write(minimal | {"add_config_files": ["more.json"], "fee": 0.1})
    write('{\n  "fee": 0.2, "dry_run_wallet": 5, "bot_name": "one",\n  "stoploss": -0.2}', "more.json")
    environ = {"FREQTRADE__BOT_NAME": "two", "APPLIANCE__DRY_RUN_WALLET": "7"}
    found = shown("config.json", environ=environ, verbosity=2)
    origins = {name: (found[name].origin.kind, found[name].origin.place.partition(":")[0]) for name in (
        "fee", "stoploss", "bot_name", "dry_run_wallet", "verbosity", "trailing_stop", "logfile"
    )}  # fmt: skip
    assert origins == {
        "fee": ("file", "config.json"),
        "stoploss": ("file", "more.json"),
        "bot_name": ("environment", "environment FREQTRADE__BOT_NAME"),
        "dry_run_wallet": ("environment", "environment APPLIANCE__DRY_RUN_WALLET"),
        "verbosity": ("command line", "--verbose"),
        "trailing_stop": ("default", ""),
        "logfile": ("default", ""),
    }


def test_a_secret_of_a_file_of_its_own_names_that_file(write: Write, minimal: dict[str, Any]) -> None:
    write("the-token-itself\n", "token.txt")
    write(minimal | {"telegram": {"token_file": "token.txt"}})
    token = shown("config.json")["telegram.token"]
    assert (token.value, token.hidden) == ("", "set, not shown")
    assert (token.origin.kind, token.origin.place) == ("file of a secret", "token.txt")


def test_an_old_name_leads_to_its_place(write: Write, minimal: dict[str, Any]) -> None:
    write(minimal | {"use_sell_signal": False})
    assert shown("config.json")["use_exit_signal"].origin.kind == "file"


@pytest.mark.parametrize("key", ["secret", "apiKey", "password"])
def test_secrets_of_unknown_sections_are_hidden(write: Write, minimal: dict[str, Any], key: str) -> None:
    write(minimal | {"mine": {key: "not-for-pages", "level": 3}, "note": "a not-for-pages b"})
    found = shown("config.json")
    assert "not-for-pages" not in json.dumps([setting.value for setting in found.values()])
    assert '"level": 3' in found["mine"].value

import subprocess
import sys
from typing import Any

import pytest

from appliance import __version__


@pytest.mark.parametrize(
    "arguments",
    [
        ("trad",),
        ("trade", "--strateggy", "X"),
        ("trade", "--fee", "much"),
        ("show-config", "-c"),
        ("--nothing",),
    ],
)
def test_a_wrong_command_line_is_status_2_with_a_hint(appliance: Any, arguments: tuple[str, ...]) -> None:
    outcome = appliance(*arguments)
    assert outcome.status == 2
    assert "error: " in outcome.err.lower()


def test_a_wrong_configuration_is_a_line_each_and_status_2(appliance: Any, folder: Any) -> None:
    (folder / "bad.json").write_text('{"fee": 5,\n "dry_run": "no"}')
    outcome = appliance("trade", "-c", "bad.json")
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.splitlines() == [
        "error: bad.json:1:2: fee: expected a number from 0 to 0.1, found 5",
        'error: bad.json:2:2: dry_run: expected true or false, found "no"',
    ]


def test_a_missing_configuration_file_is_reported(appliance: Any) -> None:
    outcome = appliance("trade", "-c", "nowhere.json")
    assert outcome.status == 2
    assert "nowhere.json: no such file" in outcome.err


def test_a_server_open_to_the_world_needs_good_secrets(appliance: Any, folder: Any) -> None:
    (folder / "c.json").write_text(
        '{"strategy": "S", "exchange": {"name": "simulated", "pair_whitelist": ["BTC/USDT"]}, "api_server": {'
        '"enabled": true, "listen_ip_address": "0.0.0.0", "username": "u", "password": "SuperSecret1!"}}'
    )
    outcome = appliance("trade", "-c", "c.json")
    assert outcome.status == 2
    assert [line.split(": ")[2] for line in outcome.err.splitlines()] == [
        "api_server.password",
        "api_server.jwt_secret_key",
    ]
    assert "SuperSecret1!" not in outcome.err


@pytest.mark.parametrize("arguments", [("--version",), ("-V",), ("trade", "-V"), ("version",)])
def test_the_version_is_shown_with_and_without_a_command(appliance: Any, arguments: tuple[str, ...]) -> None:
    outcome = appliance(*arguments)
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == f"appliance {__version__}"


def test_help_lists_every_command_and_every_command_has_help(appliance: Any) -> None:
    listed = appliance("--help").out.partition("Commands:")[2].split("\n")
    commands = [line.split()[0] for line in listed if line.strip()]
    assert {"trade", "create-userdir", "new-config", "show-config", "list-strategies", "version"} <= set(
        commands
    )
    for command in commands:
        assert appliance(command, "-h").status == 0


def test_trade_knows_freqtrades_options(appliance: Any) -> None:
    shown = appliance("trade", "-h").out
    common = "--config --userdir --user-data-dir --datadir --logfile --verbose --version --no-color"
    strategy = "--strategy --strategy-path --recursive-strategy-search"
    trading = "--db-url --sd-notify --dry-run --dry-run-wallet --fee"
    assert [option for option in f"{common} {strategy} {trading}".split() if option not in shown] == []


@pytest.mark.parametrize("arguments", [["version"], ["--help"], ["trade", "--help"], ["show-config"]])
def test_light_commands_import_nothing_heavy(arguments: list[str], folder: Any) -> None:
    code = (
        "import sys\nfrom appliance.cli.main import _run\n"
        f"_run({arguments!r})\n"
        "heavy = {'pandas', 'numpy', 'ccxt', 'talib', 'aiohttp', 'jinja2', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr

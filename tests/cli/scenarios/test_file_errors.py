"""Every command in every kind of trouble with files: one line of what is wrong, status 2, no traceback."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.scripted import QUIET

pytestmark = pytest.mark.python_independent

ROOT = Path(__file__).parents[3]
COMMANDS = {
    "trade": ["trade", *["-c", "config.json", "-s", "Quiet"]],
    "create-userdir": ["create-userdir", "--userdir", "user_data"],
    "new-config": ["new-config", "-y", "-c", "user_data/new.json", "--userdir", "user_data"],
    "new-config over": ["new-config", "-y", "--force", "-c", "config.json", "--userdir", "user_data"],
    "show-config": ["show-config", "-c", "config.json"],
    "show-schema": ["show-config", "--schema"],
    "list-strategies": ["list-strategies", "-c", "config.json"],
    "token create": ["token", "create", "one", "--role", "viewer", "-c", "config.json"],
    "token list": ["token", "list", "-c", "config.json"],
    "token revoke": ["token", "revoke", "one", "-c", "config.json"],
    "orders list": ["orders", "list", "-c", "config.json"],
    "orders resolve": ["orders", "resolve", "x", "-c", "config.json"],
    "audit list": ["audit", "list", "-c", "config.json"],
    "audit verify": ["audit", "verify", "-c", "config.json"],
    "packages list": ["packages", "list", "-c", "config.json"],
    "packages remove": ["packages", "remove", "x", "-c", "config.json"],
    "packages install": ["packages", "install", "no_such_package", "-c", "config.json"],
    "client": ["client", "-c", "config.json", "ping"],
    "client login": ["client", "-c", "config.json", "status"],
    "version": ["version"],
    "help": ["--help"],
}


def a_bots_folder(folder: Path) -> None:
    config = {
        "stake_currency": "USDT",
        "stake_amount": 100,
        "dry_run": True,
        "exchange": {"name": "simulated", "pair_whitelist": ["ETH/USDT"]},
        "api_server": {"enabled": False, "listen_ip_address": "127.0.0.1", "username": "a", "password": "b"},
        "user_data_dir": "user_data",
        "logfile": "user_data/logs/bot.log",
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("strategies", "logs", "packages", "data", "backtest_results"):
        (folder / "user_data" / name).mkdir(parents=True)
    (folder / "user_data" / "strategies" / "quiet.py").write_text(QUIET)


def _all_within(folder: Path, mode_of_folders: int) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(mode_of_folders)


def _dangling(path: Path, target: str = "nowhere") -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.symlink_to(target)


def _in_place_of(path: Path, *, folder: bool) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.mkdir() if folder else path.write_text("")


def _databases(folder: Path, change: Callable[[Path], object]) -> None:
    for place in (folder, folder / "user_data"):
        for name in ("tradesv3.dryrun.sqlite", "tradesv3.sqlite"):
            change(place / name)


def _unreadable(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")
    path.chmod(0)


FAULTS: dict[str, Callable[[Path], object]] = {
    "unreadable config": lambda at: (at / "config.json").chmod(0),
    "config is a folder": lambda at: _in_place_of(at / "config.json", folder=True),
    "config is binary": lambda at: (at / "config.json").write_bytes(b"\xff\xfe\0\0"),
    "config is empty": lambda at: (at / "config.json").write_text(""),
    "config dangles": lambda at: _dangling(at / "config.json"),
    "config is a loop": lambda at: _dangling(at / "config.json", "config.json"),
    "config nests deep": lambda at: (at / "config.json").write_text('{"a":' * 50_000),
    "config has a huge number": lambda at: (at / "config.json").write_text('{"a":' + "9" * 5000 + "}"),
    "unwritable folders": lambda at: _all_within(at, 0o555),
    "unwritable user folder": lambda at: _all_within(at / "user_data", 0o555),
    "unreadable user folder": lambda at: (at / "user_data").chmod(0),
    "user folder is a file": lambda at: _in_place_of(at / "user_data", folder=False),
    "user folder dangles": lambda at: _dangling(at / "user_data"),
    "user folder is a loop": lambda at: _dangling(at / "user_data", "user_data"),
    "unreadable strategies": lambda at: (at / "user_data" / "strategies").chmod(0),
    "strategies are a file": lambda at: _in_place_of(at / "user_data" / "strategies", folder=False),
    "strategies are a loop": lambda at: _dangling(at / "user_data" / "strategies", "strategies"),
    "unreadable strategy": lambda at: (at / "user_data" / "strategies" / "quiet.py").chmod(0),
    "strategy dangles": lambda at: _dangling(at / "user_data" / "strategies" / "quiet.py"),
    "strategy is a folder": lambda at: _in_place_of(
        at / "user_data" / "strategies" / "quiet.py", folder=True
    ),
    "strategy is binary": lambda at: (at / "user_data" / "strategies" / "quiet.py").write_bytes(b"\xff\0"),
    "unreadable packages": lambda at: (at / "user_data" / "packages").chmod(0),
    "packages are a file": lambda at: _in_place_of(at / "user_data" / "packages", folder=False),
    "unwritable logs": lambda at: (at / "user_data" / "logs").chmod(0o555),
    "log is a folder": lambda at: (at / "user_data" / "logs" / "bot.log").mkdir(),
    "unreadable databases": lambda at: _databases(at, _unreadable),
    "databases are folders": lambda at: _databases(at, Path.mkdir),
    "databases dangle": lambda at: _databases(at, lambda path: path.symlink_to("/nowhere/at/all")),
    "databases are loops": lambda at: _databases(at, lambda path: path.symlink_to(path.name)),
    "databases are none": lambda at: _databases(at, lambda path: path.write_bytes(b"no database" * 1000)),
    "names too long": lambda at: (at / "config.json").write_text(
        (at / "config.json").read_text().replace('"user_data', '"' + "x" * 300)
    ),
    "NUL in names": lambda at: (at / "config.json").write_text(
        (at / "config.json").read_text().replace('"user_data', '"a\\u0000b')
    ),
}
SLOW = {"packages install"}
"""Starts pip, which takes seconds: only where packages are what is wrong."""
QUICK = {name: command for name, command in COMMANDS.items() if name not in SLOW}


Run = Callable[..., list[dict]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run commands in a folder; one process with everything imported forks for all of them."""
    command = [sys.executable, "-m", "tests.cli.forked"]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may do everything, and there is no setpriv to give that up")
        dropped = "-dac_override,-dac_read_search,-fowner"
        command = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}", *command]
    clean = {
        name: text for name, text in os.environ.items() if not name.startswith(("FREQTRADE__", "APPLIANCE__"))
    }
    environment = {**clean, "PYTHONPATH": str(ROOT), "PIP_NO_INDEX": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asking, answering = process.stdin, process.stdout

        def run(folder: Path, commands: list[list[str]], *, closed=(), remove_folder=False, **changed: str):
            asked = {
                "commands": commands,
                "folder": str(folder),
                "closed": list(closed),
                "remove_folder": remove_folder,
                "environment": {"HOME": str(folder.parent), **changed},
            }
            print(json.dumps(asked), file=asking, flush=True)
            return json.loads(answering.readline())

        yield run
        asking.close()


def check(name: str, answer: dict) -> None:
    context = f"{name}: {answer}"
    assert "Traceback" not in answer["out"] + answer["err"], context
    assert answer["status"] in (0, 1, 2), context
    if answer["status"] == 2:
        lines = answer["err"].strip().splitlines()
        assert lines, context
        assert all(len(line) < 600 for line in lines), context
        assert lines[-1].startswith(("error: ", "Error: ", "Usage: ")), context


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_no_command_ends_in_a_traceback(run, tmp_path, fault):
    folder = tmp_path / "place"
    folder.mkdir()
    a_bots_folder(folder)
    FAULTS[fault](folder)
    names = [name for name in COMMANDS if name not in SLOW or "packages" in fault]
    try:
        for name, answer in zip(names, run(folder, [COMMANDS[name] for name in names]), strict=True):
            check(f"{fault}, {name}", answer)
            if name in ("help", "version", "show-schema"):
                assert answer["status"] == 0, answer
    finally:
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o700)


@pytest.mark.parametrize("closed", [[1], [2], [1, 2]])
def test_no_command_ends_in_a_traceback_when_its_reader_is_gone(run, tmp_path, closed):
    a_bots_folder(tmp_path)
    (tmp_path / "config.json").chmod(0)  # or trade would trade
    for name, answer in zip(QUICK, run(tmp_path, list(QUICK.values()), closed=closed), strict=True):
        assert "Traceback" not in answer["out"] + answer["err"], (name, answer)
        assert answer["status"] in (0, 1, 2), (name, answer)


def test_a_working_folder_that_is_gone(run, tmp_path):
    folder = tmp_path / "gone"
    for name, answer in zip(QUICK, run(folder, list(QUICK.values()), remove_folder=True), strict=True):
        check(f"no working folder, {name}", answer)


def test_no_home(run, tmp_path):
    a_bots_folder(tmp_path)
    (tmp_path / "config.json").chmod(0)
    for home in ("/nowhere/at/all", ""):
        for name, answer in zip(QUICK, run(tmp_path, list(QUICK.values()), HOME=home), strict=True):
            check(f"HOME={home}, {name}", answer)


def test_a_permission_error_names_file_and_remedy(run, tmp_path):
    a_bots_folder(tmp_path)
    (tmp_path / "config.json").chmod(0)
    (answer,) = run(tmp_path, [COMMANDS["show-config"]])
    assert answer["status"] == 2
    assert "config.json" in answer["err"]
    assert "ermission denied" in answer["err"]
    assert len(answer["err"].splitlines()) == 1


def test_a_full_output_is_an_error(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "appliance", "show-config", "--schema"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (
        2, "error: No space left on device: free some space, or name another place\n"
    )  # fmt: skip

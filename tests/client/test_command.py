"""`appliance client` as it is used: which bot it asks, what it prints where, and how it fails."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.cli.main import main
from tests.client.odd_server import odd, response
from tests.support.running import free_port
from tests.support.serving import PASSWORD, USER, WS_TOKENS

ROOT = Path(__file__).parents[2]


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Awaitable[Outcome]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("FREQTRADE__", "APPLIANCE_")):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `appliance client` in a thread, so that the server of the test can answer."""

    def in_thread(arguments: tuple[str, ...]) -> int:
        try:
            main(("client", *arguments))
        except SystemExit as ended:
            return ended.code

    async def run(*arguments: str) -> Outcome:
        status = await asyncio.to_thread(in_thread, arguments)
        return Outcome(status, *capsys.readouterr())

    return run


def write_config(path: Path, url: str, **changes: object) -> str:
    """A client configuration as freqtrade's documentation has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    port = url.rpartition(":")[2]
    section = {"listen_port": int(port), "username": USER, "password": PASSWORD} | changes
    path.write_text(f'{{ // the API\n "api_server": {json.dumps(section)},\n}}')
    return str(path)


async def test_failures_are_one_line_with_status_1(run: Run, api) -> None:
    config = write_config(Path("c.json"), api.url)
    nowhere = f"http://127.0.0.1:{free_port()}"
    wrong = write_config(Path("wrong.json"), api.url, password="wrong")
    for arguments, text in (
        (("--serverurl", nowhere, "ping"), "is it running"),
        (("-c", wrong, "count"), "does not accept this login"),
        (("-c", wrong, "ping"), "does not accept this login"),
        (("-c", config, "trade", "99"), "Not found"),
        (("-c", config, "trades", "limit=-1"), "limit"),
        (("-c", config, "forceenter", "NOPE/USDT"), "The bot refuses"),
        (("-c", config, "strategies"), "Not available now"),
        (("-c", write_config(Path("ws.json"), api.url, ws_token="no"), "ws"), "does not accept this token"),
    ):
        status, out, err = await run(*arguments)
        assert (status, out) == (1, "")
        assert err.startswith("error: ")
        assert text in err
        assert err.count("\n") == 1
        assert "wrong" not in err.replace("is wrong", "")


async def test_a_wrong_command_line_is_status_2_and_sends_no_request(run: Run) -> None:
    Path("broken.json").write_text("{")
    Path("list.json").write_text("[]")
    for arguments, text in (
        ((), "Which command?"),
        (("statu",), "did you mean status?"),
        (("trade", "x"), "expected a whole number"),
        (("ws", "nope"), "Unknown message type: nope"),
        (("--timeout", "0", "ping"), "--timeout"),
        (("--serverurl", "localhost", "ping"), "Expected an address"),
        (("-c", "nowhere.json", "ping"), "nowhere.json: no such file"),
        (("-c", "broken.json", "ping"), "broken.json:1:2"),
        (("-c", "list.json", "ping"), "api_server"),
        (("help", "nope"), "no command 'nope'"),
    ):
        status, out, err = await run(*arguments)
        assert (status, out) == (2, "")
        assert text in err


async def test_without_a_login_and_a_terminal_the_error_says_where_to_set_one(
    run: Run, api, monkeypatch
) -> None:
    url = ("--serverurl", api.url)
    assert "APPLIANCE__API_SERVER__USERNAME" in (await run(*url, "count")).err
    assert "APPLIANCE__API_SERVER__PASSWORD" in (await run(*url, "--username", USER, "count")).err
    assert (await run(*url, "ping")).out == '{"status": "pong"}\n'
    hashed = write_config(Path("h.json"), api.url, password="$argon2id$v=19$m=65536$abc$def")
    assert (await run("-c", hashed, "count")).status == 2
    monkeypatch.setenv("APPLIANCE__API_SERVER__PASSWORD", PASSWORD)
    assert (await run("-c", hashed, "count")).status == 0


async def test_into_a_pipe_goes_the_bots_own_json(run: Run, api) -> None:
    config = write_config(Path("c.json"), api.url)
    entered = await run("--config", config, "forceenter", "ETH/USDT", "long", "enter_tag=by=hand")
    assert json.loads(entered.out)["enter_tag"] == "by=hand"
    assert entered.out.count("\n") == 1
    (trade,) = json.loads((await run("-c", config, "status")).out)
    assert trade["pair"] == "ETH/USDT"


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (("delete_lock", "99"), "no active lock 99"),
        (("unlock_pair", "ETH/USDT"), "no active lock of ETH/USDT"),
        (("lock_add", "ETH/USDT", "2020-01-31 16:00:00Z"), "is in the past"),
        (("markets", "exchange=kraken"), "has no effect"),
    ],
)
async def test_a_command_that_changes_nothing_is_accepted_with_a_warning(
    run: Run, api, arguments, warning
) -> None:
    config = write_config(Path("c.json"), api.url)
    outcome = await run("-c", config, *arguments)
    assert outcome.status == 0
    assert warning in outcome.err
    assert json.loads(outcome.out)


async def test_a_lock_that_exists_is_deleted_without_a_warning(run: Run, api) -> None:
    config = write_config(Path("c.json"), api.url)
    added = json.loads((await run("-c", config, "lock_add", "ETH/USDT", "2100-01-31 16:00:00Z")).out)
    outcome = await run("-c", config, "delete_lock", str(added["locks"][0]["id"]))
    assert (outcome.status, outcome.err) == (0, "")


async def test_the_bots_own_configuration_is_found(run: Run, api, monkeypatch) -> None:
    write_config(Path("config.json"), f"http://x:{free_port()}")
    write_config(Path("user_data/config.json"), api.url, listen_ip_address="0.0.0.0")
    assert (await run("count")).status == 0
    monkeypatch.setenv("FREQTRADE__API_SERVER__LISTEN_PORT", "1")
    assert (await run("count")).status == 1
    monkeypatch.setenv("APPLIANCE__API_SERVER__LISTEN_PORT", api.url.rpartition(":")[2])
    assert (await run("count")).status == 0
    later = write_config(Path("later.json"), api.url, username="somebody")
    assert (await run("-c", "user_data/config.json", "-c", later, "count")).status == 1


async def test_the_password_of_one_bot_is_not_shown_to_another(run: Run) -> None:
    async with odd(response({"status": "pong"})) as server:
        write_config(Path("config.json"), server.url)
        assert (await run("--serverurl", server.url, "ping")).status == 0
        assert [asked.authorization for asked in server.asked] == [""]


async def test_a_wrong_token_is_called_one(run: Run, api, monkeypatch) -> None:
    monkeypatch.setenv("APPLIANCE_API_TOKEN", "apl_wrong")
    status, _, err = await run("--serverurl", api.url, "count")
    assert status == 1
    assert "does not accept this token" in err
    assert "password" not in err


async def test_an_api_token_of_the_environment_is_used(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("APPLIANCE_API_TOKEN", "abc")
    async with odd(response({})) as server:
        assert (await run("--serverurl", server.url, "count")).status == 0
        assert [asked.authorization for asked in server.asked] == ["Bearer abc"]


async def test_help_shows_every_command_without_a_bot(run: Run) -> None:
    for arguments in (("help",), ("show",), ("--show",), ("list",), ("-h",)):
        outcome = await run(*arguments)
        assert outcome.status == 0
        for name in ("ping", "forceenter", "lock_add", "pair_history", "ws"):
            assert name in outcome.out
    page = (await run("help", "locks", "add")).out
    assert page.startswith("lock_add pair until [side] [reason]  (or locks add)\n")
    assert "reason: " in page


async def test_a_terminal_gets_tables_that_fit_it(api, folder: Path) -> None:
    config = write_config(folder / "c.json", api.url)
    await api.post("/forceenter", {"pair": "ETH/USDT", "entry_tag": "x" * 300})
    status, text = await on_terminal(70, "client", "-c", config, "status")
    bare = re.sub(r"\x1b\[\d+m", "", text)
    assert status == 0
    assert re.search(r"^ID +Pair +Profit", bare, re.MULTILINE)
    assert "ETH/USDT" in bare
    assert max(map(len, bare.splitlines())) <= 70
    assert "\x1b[1m" in text
    _, plain = await on_terminal(70, "client", "-c", config, "status", NO_COLOR="1")
    assert "\x1b[" not in plain
    _, as_json = await on_terminal(70, "client", "-c", config, "--json", "status")
    assert json.loads(as_json)[0]["pair"] == "ETH/USDT"


async def test_a_password_is_requested_on_a_terminal_and_not_echoed(api) -> None:
    asked = ("client", "--serverurl", api.url, "--username", USER, "--json", "count")
    status, text = await on_terminal(80, *asked, typed=PASSWORD + "\n")
    assert status == 0
    assert f"Password of {USER} at {api.url}" in text
    assert PASSWORD not in text
    assert '"current": 0' in text


async def test_messages_are_lines_of_json_and_end_with_their_reader(api, folder: Path) -> None:
    config = write_config(folder / "c.json", api.url, ws_token=list(WS_TOKENS))
    process = await asyncio.create_subprocess_exec(
        *program("client", "-c", config, "ws", "entry_fill", "entry"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
    )
    async with asyncio.timeout(60):
        first = asyncio.ensure_future(process.stdout.readline())
        pairs = iter(["ETH/USDT", "BTC/USDT", "SOL/USDT"])
        while not first.done():
            pair = next(pairs)
            await api.post("/forceenter", {"pair": pair})
            await asyncio.wait([first], timeout=3)
            if not first.done():
                await api.post("/forceexit", {"tradeid": "all"})
        assert json.loads(first.result())["type"] in ("entry", "entry_fill")
        process.terminate()
        await process.communicate()


def program(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "appliance", *arguments)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | more


async def on_terminal(width: int, *arguments: str, typed: str = "", **variables: str) -> tuple[int, str]:
    """Run the program on a terminal of that width; returns status and what it showed."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *program(*arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment(**variables),
    )
    os.close(theirs)
    reading = asyncio.create_task(asyncio.to_thread(_read, ours, typed))
    async with asyncio.timeout(60):
        status = await process.wait()
        text = await reading
    os.close(ours)
    return status, text.replace("\r\n", "\n")


def _read(terminal: int, typed: str) -> str:
    """Read until the program ends; type once something is asked."""
    seen = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # so a terminal tells that nobody writes any more
            break
        if not piece:
            break
        seen += piece
        if typed and seen.rstrip().endswith(b":"):
            os.write(terminal, typed.encode())
            typed = ""
    return seen.decode()

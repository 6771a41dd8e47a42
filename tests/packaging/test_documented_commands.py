"""What the pages tell people to type exists: commands, their options, and `make` targets."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from appliance.cli.main import _appliance
from appliance.client.commands import BY_NAME
from tests.packaging.test_links import ROOT, documents

BLOCK = re.compile(r"^```(?:sh|bash|console)?\n(.*?)^```$|((?:^    .*\n)+)", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
PROGRAM = re.compile(r"^(?:\$ |sudo )?(?:\./)?appliance(?:-\S+\.pyz)? ")
CLIENT = re.compile(r" client(?: --?[\w-]+ \S+)* (?P<name>[A-Za-z]\S*)")
TARGET = re.compile(r"^([a-z][\w-]*):", re.M)


def typed(text: str) -> Iterator[str]:
    """Yield each line of code of a page, and each piece of code in its sentences."""
    for fenced, indented in BLOCK.findall(text):
        yield from (line.strip() for line in (fenced or indented).splitlines())
    yield from SPAN.findall(text)


def commands(page: Path) -> list[str]:
    lines = typed(page.read_text(encoding="utf-8"))
    return sorted({line.partition("   ")[0].partition(" #")[0] for line in lines if PROGRAM.match(line)})


def mistakes(line: str) -> list[str]:
    """Return what the program would not know of a command line: names in capitals stand for anything."""
    words = [word for word in shlex.split(PROGRAM.sub("", line), posix=True) if word not in ("…", "...")]
    command: click.Command = _appliance
    context = click.Context(command, info_name="appliance", **command.context_settings)
    wrong = []
    for word in words:
        if word.startswith("-"):
            known = {name for parameter in command.get_params(context) for name in parameter.opts}
            known |= {name for parameter in command.get_params(context) for name in parameter.secondary_opts}
            if word.partition("=")[0] not in known:
                wrong.append(f"{context.info_name} has no option {word}")
        elif isinstance(command, click.Group) and not word.isupper():
            found = command.get_command(context, word)
            if found is None:
                return [*wrong, f"{context.info_name} has no command {word}"]
            command, context = found, click.Context(found, parent=context, info_name=word)
            wrong += asked_of_a_bot(line) if word == "client" else []
    return wrong


def asked_of_a_bot(line: str) -> list[str]:
    """Return what the client would not know: its own command comes after its options, each with a value."""
    match = CLIENT.search(line)
    name = match["name"] if match else "list"
    return (
        []
        if name in {*BY_NAME, "help", "list", "ws"} or name.isupper()
        else [f"client has no command {name}"]
    )


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PAGES = [page for page in (*documents(), *FORMS) if page.name != "CHANGELOG.md" and commands(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documented_commands_exist(page: Path) -> None:
    assert {line: wrong for line in commands(page) if (wrong := mistakes(line))} == {}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("appliance trade -c my.json --strategy MyStrategy", []),
        ("./appliance-2026.11-cp311-linux-x86_64.pyz trade --dry-run", []),
        ("appliance client --serverurl https://bot.example.org status", []),
        ("appliance client -c config.json trade_status", ["client has no command trade_status"]),
        ("appliance trades", ["appliance has no command trades"]),
        ("appliance trade --dry", ["trade has no option --dry"]),
        ("appliance token make NAME", ["token has no command make"]),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, wrong: list[str]) -> None:
    assert mistakes(line) == wrong


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_documented_make_targets_exist(page: Path) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    pieces = (piece for line in typed(page.read_text(encoding="utf-8")) for piece in re.split("&&|#", line))
    lines = (piece.strip() for piece in pieces if piece.strip().startswith("make "))
    named = {word for line in lines for word in re.sub(r"\w+=(\".*?\"|'.*?'|\S+)", "", line).split()[1:]}
    assert sorted(named - targets) == []

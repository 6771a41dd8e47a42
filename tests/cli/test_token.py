"""`appliance token`: tokens are made, listed and revoked; nothing else in the configuration changes."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from appliance.config.api_tokens import hash_of
from appliance.config.jsonc import parse
from appliance.config.loading import Sources, load
from appliance.config.passwords import is_whole_hash, matches
from appliance.domain.enums import RunMode

COMMENTED = """\
{
    // Mine.
    "api_server": {
        "enabled": true, // by the reverse proxy
    },
}
"""


@pytest.fixture
def config(folder: Path) -> Path:
    file = folder / "config.json"
    file.write_text(COMMENTED)
    return file


def tokens(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parse(file.read_text(), "").value["api_server"].get("tokens", [])
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "x"),
        ("create", "x", "--role", "god"),
        ("create", "--role", "viewer"),
        ("create", "x", "--role", "viewer", "--days", "0"),
        ("create", "", "--role", "viewer"),
        ("create", "x" * 65, "--role", "viewer"),
        ("create", "x", "--role", "viewer", "-c", "nowhere.json"),
        ("revoke", "nobody"),
        ("revoke",),
    ],
)
def test_an_impossible_request_is_reported_and_changes_nothing(
    appliance: Any, config: Path, arguments: tuple[str, ...]
) -> None:
    outcome = appliance("token", *arguments)
    assert outcome.status == 2
    assert outcome.err
    assert not outcome.out
    assert config.read_text() == COMMENTED


def test_a_name_is_given_once(appliance: Any, config: Path) -> None:
    assert appliance("token", "create", "script", "--role", "viewer").status == 0
    before = config.read_text()
    again = appliance("token", "create", "script", "--role", "admin")
    assert again.status == 2
    assert '"script"' in again.err
    assert config.read_text() == before


def test_a_token_is_shown_once_and_its_hash_written(appliance: Any, config: Path) -> None:
    outcome = appliance("token", "create", "script", "--role", "operator", "--days", "30")
    token = outcome.out.strip()
    assert token.startswith("apl_")
    assert token not in config.read_text()
    (written,) = tokens(config)
    assert (written["name"], written["hash"], written["role"]) == ("script", hash_of(token), "operator")
    known = load(Sources((str(config),)), {}, runmode=RunMode.OTHER).settings.api_server.tokens
    assert known[0].expires is not None
    assert "// Mine." in config.read_text()
    assert "// by the reverse proxy" in config.read_text()


def test_it_is_listed_and_revoked(appliance: Any, config: Path) -> None:
    for name, role in (("first", "viewer"), ("second", "admin")):
        appliance("token", "create", name, "--role", role)
    assert appliance("token", "list").out == "second  admin     for good\nfirst   viewer    for good\n"
    assert appliance("token", "revoke", "first").status == 0
    assert [token["name"] for token in tokens(config)] == ["second"]
    assert appliance("token", "revoke", "second").status == 0
    assert tokens(config) == []
    assert "There are no API tokens" in appliance("token", "list").err
    assert "// by the reverse proxy" in config.read_text()


def test_one_that_has_expired_is_listed_as_such(appliance: Any, config: Path) -> None:
    old = {"name": "old", "hash": "0" * 64, "role": "viewer", "expires": "2020-01-01T00:00:00Z"}
    config.write_text(json.dumps({"api_server": {"tokens": [old]}}))
    assert "expired 2020-01-01 00:00 UTC" in appliance("token", "list").out


def test_the_file_that_decides_is_the_one_changed(appliance: Any, config: Path, folder: Path) -> None:
    private = folder / "private.json"
    private.write_text('{"api_server": {"password": "x"}}')
    assert (
        appliance("token", "create", "a", "--role", "viewer", "-c", str(config), "-c", str(private)).status
        == 0
    )
    assert config.read_text() == COMMENTED
    assert tokens(private)[0]["name"] == "a"


@pytest.mark.parametrize("option", ["--print", ""])
def test_where_no_file_can_be_changed_it_shows_what_to_write(
    appliance: Any, config: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    if not option:
        monkeypatch.setenv("APPLIANCE__API_SERVER__TOKENS", "[]")
    outcome = appliance("token", "create", "a", "--role", "viewer", *filter(None, [option]))
    assert outcome.status == 0
    snippet = next(json.loads(line) for line in outcome.err.splitlines() if line.startswith("{"))
    assert snippet == {"name": "a", "hash": hash_of(outcome.out.strip()), "role": "viewer"}
    assert config.read_text() == COMMENTED


def test_a_token_that_cannot_be_removed_is_reported(
    appliance: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [{"name": "a", "hash": "0" * 64, "role": "viewer"}]
    monkeypatch.setenv("APPLIANCE__API_SERVER__TOKENS", json.dumps(known))
    outcome = appliance("token", "revoke", "a")
    assert outcome.status == 2
    assert "manually" in outcome.err


def test_mode_and_link_of_the_file_stay(appliance: Any, config: Path, folder: Path) -> None:
    real = folder / "real.json"
    config.rename(real)
    real.chmod(0o640)
    config.symlink_to(real)
    assert appliance("token", "create", "a", "--role", "viewer").status == 0
    assert config.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert tokens(real)
    assert [name for name in os.listdir(folder) if name.startswith(".")] == []


def test_windows_line_ends_stay(appliance: Any, config: Path) -> None:
    config.write_bytes(COMMENTED.replace("\n", "\r\n").encode())
    assert appliance("token", "create", "a", "--role", "viewer").status == 0
    text = config.read_bytes().decode()
    assert all(
        line in text for line in ("    // Mine.\r\n", '        "enabled": true, // by the reverse proxy\r\n')
    )


def test_a_password_is_hashed(appliance: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "typed").write_text("correct horse battery\n")
    with (folder / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        outcome = appliance("token", "hash-password")
    stored = outcome.out.strip()
    assert is_whole_hash(stored)
    assert matches("correct horse battery", stored)
    assert not matches("correct horse", stored)


def test_no_password_is_no_hash(appliance: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "typed").write_text("\n")
    with (folder / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert appliance("token", "hash-password").status == 2

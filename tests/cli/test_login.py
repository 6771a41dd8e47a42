"""`appliance login`: the way in for somebody who has lost phone and recovery codes."""

from pathlib import Path
from typing import Any

import pytest

from appliance.server.logins import codes
from appliance.server.logins.factor_book import FactorBook, Passkey


@pytest.fixture
def book(folder: Path) -> FactorBook:
    user_data = folder / "user_data"
    user_data.mkdir(exist_ok=True)
    book, secret = FactorBook(user_data), codes.new_secret()
    assert book.set_up_codes(secret, codes.code_at(secret, 1000), 30_000.0)
    book.add_passkey(
        Passkey(id="x", public_key="y", counter=0, name="phone", host="bot.example", added=30_000)
    )
    return book


def test_what_is_asked_for_is_shown_without_secrets(appliance: Any, book: FactorBook) -> None:
    outcome = appliance("login", "show")
    assert outcome.out.splitlines() == [
        "codes: asked for since 1970-01-01, 10 recovery codes left",
        "programs: need the password alone",
        'passkey: "phone" for bot.example, added 1970-01-01, never used',
    ]
    known = book.read()
    assert known.codes
    assert known.codes.secret not in outcome.out


def test_codes_are_switched_off_once(appliance: Any, book: FactorBook) -> None:
    assert appliance("login", "codes-off").status == 0
    assert book.read().codes is None
    assert book.read().passkeys
    again = appliance("login", "codes-off")
    assert (again.status, "nothing to switch off" in again.err) == (2, True)


def test_a_passkey_is_removed_by_its_name(appliance: Any, book: FactorBook) -> None:
    assert appliance("login", "remove-passkey", "tablet").status == 2
    assert appliance("login", "remove-passkey", "phone").status == 0
    assert not book.read().passkeys


def test_a_damaged_file_is_reported(appliance: Any, book: FactorBook) -> None:
    book.file.write_text("{")
    outcome = appliance("login", "show")
    assert outcome.status == 2
    assert "logins.json: cannot be read" in outcome.err

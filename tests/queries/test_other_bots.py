"""The list of other bots: private, and never half-written."""

import stat

import pytest

from appliance.domain.errors import ConfigurationError, NotFound, Refused
from appliance.queries import other_bots as module
from appliance.queries.other_bots import BotBook, api_address


@pytest.fixture
def book(tmp_path) -> BotBook:
    return BotBook(tmp_path)


def test_bots_are_kept_in_their_order(book):
    added = [book.add(name, f"http://10.0.0.{n}:8080/", "user", "secret") for n, name in enumerate("ba")]
    assert book.read() == added
    assert BotBook(book.file.parent).read() == added
    assert book.remove(added[0].id) == added[0]
    assert book.read() == added[1:]


def test_only_its_owner_can_read_the_file(book):
    book.add("one", "http://10.0.0.1", "", "secret")
    assert stat.S_IMODE(book.file.stat().st_mode) == 0o600
    assert "secret" not in repr(book)


def test_names_are_given_once(book):
    book.add("one", "http://10.0.0.1", "", "")
    with pytest.raises(Refused, match="'one' already"):
        book.add("one", "http://10.0.0.2", "", "")


def test_a_bot_that_is_gone_cannot_be_removed(book):
    with pytest.raises(NotFound):
        book.remove("00")


def test_there_is_a_most(book, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    book.add("one", "http://10.0.0.1", "", "")
    with pytest.raises(Refused, match="remove one first"):
        book.add("two", "http://10.0.0.1", "", "")


@pytest.mark.parametrize("content", ["{", "[{}]", '[{"id": 1}]', "\udcff"])
def test_a_damaged_file_says_so_and_stays(book, content):
    book.file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError, match=r"bots\.json"):
        book.read()
    with pytest.raises(ConfigurationError):
        book.add("one", "http://10.0.0.1", "", "")
    assert book.file.read_bytes() == content.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("http://10.0.0.2:8080", "http://10.0.0.2:8080"),
        (" https://Bot.Example.org/bots/one/ ", "https://bot.example.org/bots/one"),
        ("http://[::1]:8080/api/v1/", "http://[::1]:8080"),
        ("http://bot/?x=1#top", "http://bot"),
    ],
)
def test_an_address_is_cut_to_what_matters(typed, address):
    assert api_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "bot:8080", "ftp://bot", "file:///etc/passwd", "http://", "http://bot:port", "javascript:alert(1)"],
)
def test_what_is_no_address_of_a_bot_is_refused(typed):
    with pytest.raises(Refused, match="enter the address"):
        api_address(typed)


def test_a_login_does_not_belong_into_the_address():
    with pytest.raises(Refused, match="own fields"):
        api_address("http://user:secret@bot")

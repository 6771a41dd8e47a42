"""A file keeps its encoding, its line ends, and everything that is not edited."""

import codecs

import pytest

from appliance.strategy.updating.source import Edit, Source
from appliance.strategy.updating.update import updated

OLD = "class A(IStrategy):\n    INTERFACE_VERSION = 3\n    é = 1; x = df['buy']  # café\n"
NEW = OLD.replace("buy", "enter_long")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_stay(ends: str):
    assert updated(OLD.replace("\n", ends).encode()).content == NEW.replace("\n", ends).encode()


def test_the_line_that_is_added_ends_as_the_others_do():
    assert updated(b"class A(IStrategy):\r\n  x = 1\r\n").content == (
        b"class A(IStrategy):\r\n  INTERFACE_VERSION = 3\r\n  x = 1\r\n"
    )


def test_a_mark_of_the_encoding_stays():
    assert updated(codecs.BOM_UTF8 + OLD.encode()).content == codecs.BOM_UTF8 + NEW.encode()


def test_the_encoding_that_a_file_states_stays():
    cookie = "# -*- coding: latin-1 -*-\n"
    assert updated((cookie + OLD).encode("latin-1")).content == (cookie + NEW).encode("latin-1")


def test_bytes_that_are_not_of_the_encoding_are_an_error():
    with pytest.raises((SyntaxError, ValueError)):
        updated(b"x = '\xff'\n")


def test_edits_are_made_in_the_order_of_the_text():
    source = Source(b"one; two\nthree\n")
    assert source.changed([Edit(9, 14, b"3"), Edit(0, 3, b"1"), Edit(5, 5, b"and ")]) == b"1; and two\n3\n"
    assert [source.line(number) for number in (1, 2, 3)] == [b"one; two\n", b"three\n", b""]
    assert (source.line_of(4), source.line_of(9)) == (1, 2)
    assert source.has(5, "two")
    assert not source.has(5, "tw")

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.jsonc import JsonError, parse


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "end of the file"),
        ("{", 1, 2, "key in double quotes"),
        ('{\n  "a" 1}', 2, 7, 'expected ":"'),
        ("{a: 1}", 1, 2, "key in double quotes"),
        ("[1 2]", 1, 4, 'expected "," or "]"'),
        ("[1,,2]", 1, 4, "expected a value"),
        ('{"a": 1} x', 1, 10, "more text"),
        ("/* no end", 1, 1, "comment without its closing"),
        ('{"a": True}', 1, 7, "'True'"),
        ('{"a": NaN}', 1, 7, "'NaN'"),
        ('{"a": 01}', 1, 8, 'expected "," or "}"'),
        (r'["\x"]', 1, 2, "invalid escape"),
        (r'["\ud800"]', 1, 2, "half of a surrogate pair"),
        ("[1e999]", 1, 2, "too large"),
        (f"[{'9' * 5000}]", 1, 2, "too large"),
        ('["open\n"]', 1, 2, "without its closing quote"),
        ("[" * 200, 1, 102, "nested too deeply"),
    ],
)
def test_names_the_place_of_an_error(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text, "config.json")
    assert str(caught.value).startswith(f"config.json:{line}:{column}: ")
    assert says in str(caught.value)


def test_does_not_show_a_secret_without_its_quotes() -> None:
    with pytest.raises(JsonError) as caught:
        parse('{"secret": hunter2hunter2}', "config.json")
    assert "hunter2" not in str(caught.value)


def test_takes_comments_and_trailing_commas() -> None:
    text = """
    // a line
    { /* some
         lines */
      "url": "https://example.org/*not a comment*/", // the rest
      "list": [1, 2,],
    }
    """
    assert parse(text, "x").value == {"url": "https://example.org/*not a comment*/", "list": [1, 2]}


def test_remembers_where_values_were_written() -> None:
    places = parse('{\n  "a": {"b": [1,\n   2]}\n}', "x").places
    assert str(places[("a",)]) == "x:2:3"
    assert str(places[("a", "b")]) == "x:2:9"
    assert str(places[("a", "b", 1)]) == "x:3:4"


def test_reports_duplicate_keys() -> None:
    document = parse('{"a": 1,\n "a": 2}', "x")
    assert document.value == {"a": 2}
    assert [(path, str(place)) for path, place in document.repeated] == [(("a",), "x:2:2")]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_VALUES, st.sampled_from([None, 2]), st.booleans())
def test_reads_all_that_json_can_write(value: object, indent: int | None, ascii_only: bool) -> None:
    assert parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "x").value == value


class _CountedText(str):
    """A text that counts the characters which searches for line breaks pass over."""

    searched = 0

    def count(self, part: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        self.searched += (len(self) if end is None else end) - start
        return super().count(part, start, end)

    def rfind(self, part: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().rfind(part, start, end)
        self.searched += (len(self) if end is None else end) - max(found, start)
        return found

    def splitlines(self, keepends: bool = False) -> list[str]:
        self.searched += len(self)
        return super().splitlines(keepends)


def test_finds_the_places_of_a_large_configuration_in_linear_time() -> None:
    pairs = [f"COIN{number}/USDT" for number in range(100_000)]
    text = _CountedText(json.dumps({"exchange": {"pair_whitelist": pairs}}, indent=1))
    assert len(text) > 2_000_000
    places = parse(text, "x").places
    assert str(places["exchange", "pair_whitelist", 99_999]) == "x:100003:4"
    assert text.searched <= 2 * len(text)

"""A configuration is changed in one place, and its author finds everything else as he left it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.jsonc import parse
from appliance.config.sources.editing import CannotEdit, with_item, without_item

PATH = ("api_server", "tokens")
ONE, TWO, THREE = {"name": "one"}, {"name": "two"}, {"name": "three"}

COMMENTED = """\
// The bot of the house.
{
  "max_open_trades": 3, // not more
  "api_server": {
    "enabled": true,
    /* who comes in */
    "tokens": [ // newest first
      {"name": "two"}, // hers
      {"name": "one"}  // his
    ],
  },
}
"""


def test_a_list_grows_at_its_front_and_comments_stay():
    edited = with_item(COMMENTED, PATH, THREE)
    assert parse(edited, "").value["api_server"]["tokens"] == [THREE, TWO, ONE]
    added = [line for line in edited.splitlines() if line not in COMMENTED.splitlines()]
    assert '      {"name": "three"},' in added
    for comment in (
        "// The bot",
        "// not more",
        "/* who comes in */",
        "// newest first",
        "// hers",
        "// his",
    ):
        assert comment in edited


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (
            '{\n    "a": 1\n}\n',
            '{\n    "api_server": {\n        "tokens": [\n            {\n                "name": "one"\n'
            '            }\n        ]\n    },\n    "a": 1\n}\n',
        ),
        (
            '{"api_server": {"tokens": []}}',
            '{"api_server": {"tokens": [\n            {"name": "one"}\n        ]}}',
        ),
    ],
)
def test_what_is_missing_is_made(text, edited):
    assert with_item(text, PATH, ONE) == edited


@pytest.mark.parametrize(
    "text", ["{}", '{"api_server":{}}', '{"api_server":{"a":1}}', "{ // empty\n}", '{"a":{"api_server":{}}}']
)
def test_every_start_will_do(text):
    assert parse(with_item(text, PATH, ONE), "").value["api_server"]["tokens"] == [ONE]


@pytest.mark.parametrize(("index", "left"), [(0, [ONE]), (1, [TWO])])
def test_an_item_goes_and_the_rest_stays(index, left):
    edited = without_item(COMMENTED, PATH, index)
    assert parse(edited, "").value["api_server"]["tokens"] == left
    assert edited.count("\n") in (COMMENTED.count("\n"), COMMENTED.count("\n") - 1)
    assert "/* who comes in */" in edited


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"api_server": 1}',
        '{"api_server": {"tokens": 1}}',
        '{"api_server": {"tokens": {"a": 1}}}',
        '{"api_server": {}, "api_server": {}}',
    ],
)
def test_what_is_no_such_list_is_left_alone(text):
    with pytest.raises(CannotEdit):
        with_item(text, PATH, ONE)
    with pytest.raises(CannotEdit):
        without_item(text, PATH, 0)


names = st.lists(st.text(max_size=5), max_size=4)
blanks = st.sampled_from(["", " ", "\n", "\n    ", "/* x */", " // y\n"])


@given(names, st.lists(blanks, min_size=12, max_size=12), st.booleans(), st.data())
def test_whatever_the_layout_adding_and_removing_is_meant_or_refused(items, spaces, trailing, data):
    blank = iter(spaces).__next__
    listed = "".join(
        f"{blank()}{json.dumps({'name': name})}{blank()}{',' if trailing or at + 1 < len(items) else ''}"
        for at, name in enumerate(items)
    )
    text = f'{{"api_server":{{"tokens": [{listed}{blank()}]}}, "b": 2{blank()}}}'
    kept = [{"name": name} for name in items]
    edited = parse(with_item(text, PATH, ONE), "").value
    assert edited == {"api_server": {"tokens": [ONE, *kept]}, "b": 2}
    if items:
        index = data.draw(st.integers(0, len(items) - 1))
        left = parse(without_item(text, PATH, index), "").value
        assert left == {"api_server": {"tokens": kept[:index] + kept[index + 1 :]}, "b": 2}

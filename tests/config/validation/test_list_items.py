"""How one entry of a list of settings is read: everything wrong at once, each with its key."""

from typing import Annotated, Literal

import msgspec
import numpy as np
import pytest

from appliance.config.documented import doc
from appliance.config.validation.list_items import nearest, read_item, shown


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    count: Annotated[int, doc("How many.", ge=1)]
    ratio: Annotated[float, doc("How much.")] = 0.5
    side: Annotated[Literal["long", "short"] | None, doc("Which.")] = None
    bearer_token: str = ""


def read(**values):
    entry, reading = read_item(Entry, values, ("lists", 2), also=("method",))
    return entry, reading.faults, reading.oddities


def test_all_problems_are_reported_at_once_with_their_paths():
    entry, faults, _ = read(ratio="x", side="lang")
    assert entry is None
    assert [(fault.path, fault.text) for fault in faults] == [
        (("lists", 2, "ratio"), 'expected a number, found "x"'),
        (("lists", 2, "side"), 'expected one of "long", "short", found "lang"; did you mean "long"?'),
        (("lists", 2, "count"), "missing; expected a whole number of 1 or more"),
    ]


@pytest.mark.parametrize("value", [0, 1.5, True, "1", [1], {"a": 1}, float("nan"), float("inf")])
def test_what_is_no_such_number_is_refused(value):
    entry, faults, _ = read(count=value)
    assert entry is None
    assert faults[0].path == ("lists", 2, "count")


@pytest.mark.parametrize("value", [2, 2.0, np.int64(2), np.float64(2)])
def test_a_whole_number_is_one_in_every_form(value):
    entry, _, _ = read(count=value)
    assert (entry.count, type(entry.count)) == (2, int)


def test_null_is_as_good_as_nothing():
    entry, faults, _ = read(count=1, ratio=None, side=None)
    assert (entry.ratio, faults) == (0.5, [])
    _, faults, _ = read(count=None)
    assert faults[0].text.startswith("missing")


def test_unknown_keys_are_odd_unless_they_are_comments_or_known_elsewhere():
    entry, faults, oddities = read(count=1, method="X", _comment="mine", ratoi=2)
    assert (entry is not None, faults) == (True, [])
    (odd,) = oddities
    assert odd.path == ("lists", 2, "ratoi")
    assert odd.text == 'unknown key, without effect; did you mean "ratio"?'


def test_secrets_are_not_shown():
    _, faults, _ = read(count=1, bearer_token=12345)
    assert faults[0].text == "expected a text, found something else (not shown)"


def test_what_was_found_is_shown_on_one_short_line():
    assert [shown((), value) for value in ("a", 1, True, {}, [])] == [
        '"a"',
        "1",
        "true",
        "an object",
        "a list",
    ]
    assert len(shown((), "x" * 500)) == 60


def test_the_nearest_name_is_found_in_any_case():
    assert nearest("volumepairlist", ["VolumePairList"]) == '; did you mean "VolumePairList"?'
    assert nearest("zzz", ["VolumePairList"]) == ""

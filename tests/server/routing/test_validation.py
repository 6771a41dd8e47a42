"""Reading what clients send: whatever it is, it is either taken or told to be wrong."""

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from appliance.queries.forced_trades import ForceEnterPayload, ForceExitPayload
from appliance.queries.pairs import PairCandlesRequest
from appliance.server.errors import Unprocessable
from appliance.server.routing.validation import read, read_body


class Inner(Struct):
    count: int


class Sample(Struct, kw_only=True):
    ratio: Annotated[float, Meta(gt=0, le=1)] = 0.5
    unit: Literal["minutes", "seconds"] = "minutes"
    parts: list[Inner] = []
    names: list[str] | None = None
    flag: bool = False
    key: str | int = 0
    maybe: int | None = None


def problems(**given):
    with pytest.raises(Unprocessable) as told:
        read(Sample, given, "body")
    return [(problem.type, problem.loc[1:]) for problem in told.value.problems]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"ratio": 0}, [("greater_than", ("ratio",))]),
        ({"ratio": "1.5"}, [("less_than_equal", ("ratio",))]),
        ({"ratio": 10**400}, [("finite_number", ("ratio",))]),
        ({"ratio": None}, [("float_type", ("ratio",))]),
        ({"unit": "hours"}, [("enum", ("unit",))]),
        ({"unit": ["minutes"]}, [("enum", ("unit",))]),
        ({"parts": {}}, [("list_type", ("parts",))]),
        (
            {"parts": [{"count": 1}, {}, 7]},
            [("missing", ("parts", 1, "count")), ("model_attributes_type", ("parts", 2))],
        ),
        ({"names": ["a", 1, None]}, [("string_type", ("names", 1)), ("string_type", ("names", 2))]),
        ({"flag": "maybe"}, [("bool_parsing", ("flag",))]),
        ({"flag": 2}, [("bool_type", ("flag",))]),
        ({"flag": None}, [("bool_type", ("flag",))]),
        ({"key": 1.5}, [("int_from_float", ("key", "int")), ("string_type", ("key", "str"))]),
        ({"maybe": 5.5}, [("int_from_float", ("maybe",))]),
        ({"maybe": "5.5"}, [("int_parsing", ("maybe",))]),
        ({"maybe": "٣"}, [("int_parsing", ("maybe",))]),
        ({"maybe": 2**63}, [("int_parsing_size", ("maybe",))]),
        ({"maybe": "9" * 5000}, [("int_parsing", ("maybe",))]),
        ({"maybe": {}}, [("int_type", ("maybe",))]),
    ],
)
def test_what_is_wrong(given, found):
    assert sorted(problems(**given)) == found


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"ratio": " 0.25 "}, "ratio", 0.25),
        ({"ratio": True}, "ratio", 1.0),
        ({"maybe": " +5 "}, "maybe", 5),
        ({"maybe": "5.0"}, "maybe", 5),
        ({"maybe": 5.0}, "maybe", 5),
        ({"maybe": "1_000"}, "maybe", 1000),
        ({"maybe": None}, "maybe", None),
        ({"flag": "Yes"}, "flag", True),
        ({"flag": 0}, "flag", False),
        ({"key": "7"}, "key", "7"),
        ({"key": 7}, "key", 7),
        ({"key": 7.0}, "key", 7),
        ({"unknown": 1}, "maybe", None),
        ({"parts": [{"count": "2"}]}, "parts", [Inner(2)]),
    ],
)
def test_what_is_taken(given, field, value):
    assert getattr(read(Sample, given, "body"), field) == value


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
KINDS = (ForceEnterPayload, ForceExitPayload, PairCandlesRequest)


@given(st.sampled_from(KINDS), st.data())
def test_whatever_is_sent_is_accepted_or_reported_as_wrong(kind, data):
    fields = st.fixed_dictionaries({}, optional=dict.fromkeys(kind.__struct_fields__, values))
    sent = msgspec.json.encode(data.draw(fields | values))
    try:
        assert isinstance(read_body(kind, sent, "application/json"), kind)
    except Unprocessable as told:
        assert told.problems  # noqa: PT017 -- not everything is refused
        msgspec.json.encode(told.problems)


@given(st.sampled_from(KINDS), st.binary(min_size=1))
def test_any_bytes_are_accepted_or_reported_as_wrong(kind, content):
    try:
        read_body(kind, content, "application/json")
    except Unprocessable as told:
        msgspec.json.encode(told.problems)

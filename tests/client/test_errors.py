"""What a server says is wrong becomes one line, whatever JSON it says it in."""

import pytest

from appliance.client.errors import RequestFailed, failure

ODD_BODIES = [
    None,
    [],
    "no",
    {"detail": None},
    {"detail": [None, 3, "text", {}]},
    {"detail": [{"loc": None, "msg": "odd"}]},
    {"detail": [{"loc": 5, "msg": ["odd"]}]},
    {"detail": [{"loc": [], "msg": None, "input": {"a": 1}}]},
    {"error": {"of": "another kind"}},
]


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 502, 503, 504, 599])
@pytest.mark.parametrize("body", ODD_BODIES, ids=str)
def test_an_odd_answer_is_told_in_one_line(status: int, body: object):
    error = failure(status, {}, body)
    assert isinstance(error, RequestFailed)
    assert (error.status, error.body) == (status, body)
    assert str(error)
    assert "\n" not in str(error)


def test_a_wrong_field_is_named_by_its_place():
    detail = [{"loc": ["body", "pair", 0], "msg": "expected text", "input": 5}]
    assert str(failure(422, {}, {"detail": detail})).endswith("pair.0: expected text, found 5")

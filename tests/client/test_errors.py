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
def test_an_odd_answer_is_reported_in_one_line(status: int, body: object):
    error = failure(status, {}, body)
    assert isinstance(error, RequestFailed)
    assert (error.status, error.body) == (status, body)
    assert str(error)
    assert "\n" not in str(error)


def test_a_wrong_field_is_named_by_its_place():
    detail = [{"loc": ["body", "pair", 0], "msg": "expected text", "input": 5}]
    assert str(failure(422, {}, {"detail": detail})).endswith("pair.0: expected text, found 5")


def test_the_list_around_the_one_item_of_a_client_is_not_shown() -> None:
    detail = [{"loc": ["body", 0, "until"], "msg": "expected a date", "input": "yesterday"}]
    text = str(failure(422, {}, {"detail": detail}))
    assert text.endswith(": until: expected a date, found 'yesterday'")


def test_a_wrong_token_is_not_advised_about_as_a_password() -> None:
    text = str(failure(401, {}, {"detail": "Unauthorized"}, with_token=True))
    assert "does not accept this token" in text
    assert "APPLIANCE_API_TOKEN" in text
    assert "password" not in text

"""Sealed cookies and the tokens that follow from them."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.server.dashboard.session import LASTS, cookie_name, form_token, new_session, read_session
from tests.server.dashboard.demo_bot import demo_settings

API = demo_settings().api_server
NOW = 1_800_000_000.0


def test_a_session_is_read_back_until_it_expires() -> None:
    session, cookie = new_session(API, NOW)
    assert read_session(API, cookie, NOW) == session
    assert read_session(API, cookie, NOW + LASTS - 1) == session
    assert read_session(API, cookie, NOW + LASTS) is None


def test_a_new_password_ends_all_sessions() -> None:
    _, cookie = new_session(API, NOW)
    assert read_session(msgspec.structs.replace(API, password="another"), cookie, NOW) is None


def test_another_secret_reads_nothing() -> None:
    _, cookie = new_session(API, NOW)
    assert read_session(msgspec.structs.replace(API, jwt_secret_key="x" * 32), cookie, NOW) is None


def test_without_a_password_nobody_is_logged_in() -> None:
    open_to_all = msgspec.structs.replace(API, username="", password="", jwt_secret_key="")
    _, cookie = new_session(open_to_all, NOW)
    assert read_session(open_to_all, cookie, NOW) is None


def test_tokens_are_of_one_session_and_of_one_purpose() -> None:
    one, other = new_session(API, NOW)[0], new_session(API, NOW)[0]
    assert one.token != other.token
    assert one.token != form_token(API, one.id)


def test_two_bots_on_one_host_have_cookies_of_their_own() -> None:
    assert cookie_name(API) != cookie_name(msgspec.structs.replace(API, jwt_secret_key="y" * 32))


@given(st.text())
def test_no_text_passes_for_a_cookie(text: str) -> None:
    assert read_session(API, text, NOW) is None


@given(st.data())
def test_a_changed_cookie_is_forged(data: st.DataObject) -> None:
    _, cookie = new_session(API, NOW)
    at = data.draw(st.integers(0, len(cookie) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != cookie[at]))
    assert read_session(API, cookie[:at] + other + cookie[at + 1 :], NOW) is None

"""Sealed cookies and the tokens that follow from them."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.server.auth.credentials import Credentials
from appliance.server.dashboard.session import (
    SESSION_SECONDS,
    Session,
    cookie_name,
    form_token,
    new_session,
    read_session,
)
from tests.server.dashboard.demo_bot import demo_settings

API = demo_settings().api_server
HERE = Credentials(API)
NOW = 1_800_000_000.0


def begun() -> tuple[Session, str]:
    return new_session(HERE, HERE.owner, NOW)


def changed(**settings: object) -> Credentials:
    return Credentials(msgspec.structs.replace(API, **settings))


def test_a_session_is_read_back_until_it_expires() -> None:
    session, cookie = begun()
    assert read_session(HERE, cookie, NOW) == session
    assert read_session(HERE, cookie, NOW + SESSION_SECONDS - 1) == session
    assert read_session(HERE, cookie, NOW + SESSION_SECONDS) is None


def test_it_is_read_back_after_a_restart() -> None:
    session, cookie = begun()
    assert read_session(changed(), cookie, NOW) == session


def test_a_new_password_ends_all_sessions() -> None:
    _, cookie = begun()
    assert read_session(changed(password="another"), cookie, NOW) is None


def test_another_secret_reads_nothing() -> None:
    _, cookie = begun()
    assert read_session(changed(jwt_secret_key="x" * 32), cookie, NOW) is None


def test_without_a_password_there_is_no_login() -> None:
    _, cookie = begun()
    assert read_session(changed(username="", password=""), cookie, NOW) is None


def test_without_a_secret_no_other_process_can_seal() -> None:
    one, other = changed(jwt_secret_key=""), changed(jwt_secret_key="")
    _, cookie = new_session(one, one.owner, NOW)
    assert read_session(other, cookie, NOW) is None


def test_tokens_are_of_one_session_and_of_one_purpose() -> None:
    one, other = begun()[0], begun()[0]
    assert one.token != other.token
    assert one.token != form_token(HERE, one.id)


def test_two_bots_on_one_host_have_cookies_of_their_own() -> None:
    assert cookie_name(HERE) != cookie_name(changed(jwt_secret_key="y" * 32))


@given(st.text())
def test_no_text_passes_for_a_cookie(text: str) -> None:
    assert read_session(HERE, text, NOW) is None


@given(st.data())
def test_a_changed_cookie_is_forged(data: st.DataObject) -> None:
    _, cookie = begun()
    at = data.draw(st.integers(0, len(cookie) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != cookie[at]))
    assert read_session(HERE, cookie[:at] + other + cookie[at + 1 :], NOW) is None

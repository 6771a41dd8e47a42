"""Session tokens: which are ours, and which are anything else."""

import base64
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.server.auth.session_tokens import LIFETIMES, BadToken, StaleToken, issue, verify

SECRET, NOW = "s" * 64, 1_800_000_000.0


def altered(token: str, part: int, **changes) -> str:
    """Return the token with its header (0) or claims (1) changed, and the signature left."""
    parts = token.split(".")
    padded = parts[part] + "=" * (-len(parts[part]) % 4)
    content = json.loads(base64.urlsafe_b64decode(padded)) | changes
    parts[part] = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    return ".".join(parts)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "...", "a.b.c", "é.é.é", "\udcff", "x" * 100_000, "e30.e30.e30"]
)
def test_invalid_input_is_refused(text):
    with pytest.raises(BadToken):
        verify(text, SECRET, "access", NOW)


@given(st.text())
def test_any_text_is_refused(text):
    with pytest.raises(BadToken):
        verify(text, SECRET, "access", NOW)


def test_other_algorithms_are_refused():
    claims = {"identity": {"u": "trader"}, "iat": NOW, "exp": NOW + 900, "type": "access"}
    for algorithm, key in (("HS512", SECRET), ("HS384", SECRET), ("none", None)):
        with pytest.raises(BadToken):
            verify(jwt.encode(claims, key, algorithm=algorithm), SECRET, "access", NOW)
    unsigned = jwt.encode(claims, SECRET, algorithm="HS256").rpartition(".")[0] + "."
    with pytest.raises(BadToken):
        verify(unsigned, SECRET, "access", NOW)


def test_changed_tokens_are_refused():
    token = issue(SECRET, "trader", "refresh", NOW)
    for changed in (
        altered(token, 0, alg="none"),
        altered(token, 1, type="access"),
        altered(token, 1, exp=NOW * 2),
    ):
        with pytest.raises(BadToken):
            verify(changed, SECRET, "access", NOW)


def test_another_secret_and_no_secret_are_refused():
    token = issue("t" * 64, "trader", "access", NOW)
    for secret in (SECRET, ""):
        with pytest.raises(BadToken):
            verify(token, secret, "access", NOW)


def test_expired_and_wrong_tokens_of_ours_are_distinguished_from_invalid_ones():
    """Who holds such a token is no burglar: it does not count as a failed login."""
    for token, now in (
        (issue(SECRET, "trader", "refresh", NOW), NOW),
        (issue(SECRET, "trader", "access", NOW), NOW + 900),
    ):
        with pytest.raises(StaleToken):
            verify(token, SECRET, "access", now)
    with pytest.raises(BadToken) as rubbish:
        verify("rubbish", SECRET, "access", NOW)
    assert rubbish.type is BadToken


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_lives_as_long_as_its_kind(kind):
    token = issue(SECRET, "trader", kind, NOW)
    assert verify(token, SECRET, kind, NOW + LIFETIMES[kind] - 1).identity.u == "trader"
    with pytest.raises(BadToken):
        verify(token, SECRET, kind, NOW + LIFETIMES[kind])


def test_other_libraries_read_ours_and_we_read_theirs():
    read = jwt.decode(
        issue(SECRET, "trader", "access", NOW),
        SECRET,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert read == {"identity": {"u": "trader"}, "iat": NOW, "exp": NOW + 900, "type": "access"}
    theirs = jwt.encode(read, SECRET, algorithm="HS256")
    assert verify(theirs, SECRET, "access", NOW).exp == NOW + 900

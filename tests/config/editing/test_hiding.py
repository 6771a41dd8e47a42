"""Secrets of a file's text are hidden and put back; no edit shows one."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.editing.hiding import hidden, put_back
from appliance.config.jsonc import JsonError, parse
from appliance.config.sources.editing import CannotEdit

TEXT = """{
    // before: "key": "in-a-comment-1", and token = unquoted-2
    "exchange": {"name": "kraken", "key": "live-3", "secret": "live\\u002d4", "password": ""},
    "telegram": {"chat_id": 100000005, "token": null},
    "api_server": {"ws_token": ["first-6", "second-7"], "tls": {"key": "/etc/tls/key.pem"}},
    "db_url": "postgresql://me:db-password-8@host/db",
    "note": "kraken",
}
"""
SECRETS = (
    *("in-a-comment-1", "unquoted-2", "live-3", "live\\u002d4", "100000005"),
    *("first-6", "second-7", "db-password-8"),
)


def edited(text: str, old: str, new: str, base: str = TEXT) -> str:
    """Edit the hidden text as a person would, and put the secrets back."""
    shown = hidden(base)
    assert old in shown.text
    return put_back(hidden(shown.text.replace(old, new), secrets=shown.secrets), "config.json")


def test_no_secret_is_left_and_the_rest_stays():
    shown = hidden(TEXT).text
    assert [secret for secret in SECRETS if secret in shown] == []
    assert '"key": "«hidden: exchange.key»"' in shown
    assert '"chat_id": "«hidden: telegram.chat_id»"' in shown
    assert "postgresql://me:«hidden: line 6»@host/db" in shown
    for kept in ('"password": ""', '"token": null', "/etc/tls/key.pem", '"note": "kraken"', "// before"):
        assert kept in shown


def test_untouched_secrets_are_put_back_byte_for_byte():
    assert put_back(hidden(TEXT), "") == TEXT
    assert edited(TEXT, "kraken", "binance") == TEXT.replace("kraken", "binance")


def test_a_secret_can_be_replaced_added_and_removed():
    assert edited(TEXT, '"«hidden: exchange.key»"', '"new"') == TEXT.replace('"live-3"', '"new"')
    assert edited(TEXT, '"password": ""', '"password": "new"') == TEXT.replace(
        '"password": ""', '"password": "new"'
    )
    assert edited(TEXT, '"key": "«hidden: exchange.key»", ', "") == TEXT.replace('"key": "live-3", ', "")


def test_items_of_lists_may_move():
    assert '"ws_token": ["second-7"]' in edited(TEXT, '"«hidden: api_server.ws_token[0]»", ', "")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"note": "kraken"', '"note": "«hidden: exchange.key»"', "line 7: «hidden: exchange.key» can only"),
        ('"note": "kraken"', '"note": "x «hidden: exchange.key»"', "line 7: «hidden: exchange.key» must"),
        ('"note": "kraken"', '"note": "«hidden: line 6»"', "can only stand where it was, in db_url"),
        ("// before", "// «hidden: exchange.key» before", "must stand alone"),
        ("// before", '// "«hidden: exchange.key»" before', "where it was, in exchange.key"),
        ('"«hidden: exchange.secret»"', '"«hidden: exchange.key»"', "where it was, in exchange.key"),
        ("«hidden: exchange.key»", "«hidden: exchange.kez»", "line 3: «hidden: exchange.kez» stands for"),
        ('"«hidden: exchange.key»"', '"«hidden: exchange.key»x"', "must stand alone"),
        ("«hidden: exchange.key»", "«hidden: exchange.key", "a part of a placeholder is left"),
    ],
)  # fmt: skip
def test_a_placeholder_that_cannot_be_matched_is_refused_with_its_line(old, new, why):
    with pytest.raises(CannotEdit) as refused:
        edited(TEXT, old, new)
    assert why in str(refused.value)
    assert [secret for secret in SECRETS if secret in str(refused.value)] == []


def test_what_was_typed_into_a_text_that_cannot_be_parsed_is_hidden_too():
    base = hidden(TEXT)
    typed = base.text.replace('"name": "kraken",', '"name": "kraken"')
    typed = typed.replace('"password": ""', '"password": "just-typed-9"')
    again = hidden(typed, secrets=base.secrets)
    assert "just-typed-9" not in again.text
    with pytest.raises(CannotEdit, match=r'^config.json:3:\d+: expected "," or "}"'):
        put_back(again, "config.json")
    repaired = hidden(again.text.replace('"name": "kraken"', '"name": "kraken",'), secrets=again.secrets)
    assert put_back(repaired, "") == TEXT.replace('"password": ""', '"password": "just-typed-9"')


def test_a_key_that_is_there_twice_hides_both_values():
    shown = hidden('{"key": "first-secret", "key": "second-secret"}')
    assert "secret" not in shown.text.replace("«", "")
    assert put_back(shown, "") == '{"key": "first-secret", "key": "second-secret"}'


def test_secrets_of_other_sources_are_hidden_wherever_they_are():
    shown = hidden(
        '{"bot_name": "a from-the-environment b"} // from-the-environment', ["from-the-environment"]
    )
    assert "from-the" not in shown.text
    assert put_back(shown, "") == '{"bot_name": "a from-the-environment b"} // from-the-environment'


KEYS = st.sampled_from(["key", "secret", "token", "note", "a b", "password", "«", "x»y"])
VALUES = st.recursive(
    st.one_of(st.text(max_size=12), st.integers(), st.none(), st.booleans()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans())
def test_whatever_a_file_contains_comes_back_as_it_was(values, ascii_only):
    text = json.dumps(values, ensure_ascii=ascii_only, indent=1)
    if "«hidden" in text:
        return
    shown = hidden(text)
    assert put_back(shown, "") == text


@settings(max_examples=60)
@given(st.text(alphabet='{}[]",:«»/* \n\\abkeytoknhid', max_size=60))
def test_any_text_comes_back_as_it_was(text):
    if "«hidden" in text:
        return
    shown = hidden(text)
    try:
        parse(text, "")
    except JsonError as error:
        with pytest.raises(CannotEdit, match=f"^config.json:{error.place.line}:"):
            put_back(shown, "config.json")
    else:
        assert put_back(shown, "config.json") == text


def test_no_secret_moves_by_a_text_that_is_whole_only_once_it_is_put_back():
    base = hidden('{"bot_name": "one", /* token: two-secrets */ "key": "three-secrets"}')
    assert '"key": "«hidden: key»"' in base.text
    moved = base.text.replace('"one"', '"«hidden: key»"').replace('"key": "«hidden: key»"', '"level": 1')
    for typed in (moved, moved.replace("{", '{"token": "«hidden: line 1»" ', 1)):
        with pytest.raises(CannotEdit):
            put_back(hidden(typed, secrets=base.secrets), "config.json")


@pytest.mark.parametrize(
    "piece", ["a", "key:[", "key:'", 'key:"', "key: ", "://a:", "/*", '"key":', "key=", "«hidden: "]
)
def test_no_text_takes_long(piece):
    """Matching holds the interpreter, which trading needs as well."""
    text = piece * (256 * 1024 // len(piece))
    began = time.process_time()
    with suppress(CannotEdit):
        hidden(text)
    assert time.process_time() - began < 10

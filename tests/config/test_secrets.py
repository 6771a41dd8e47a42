from base64 import b64encode
from typing import Any

import pytest

from appliance.config.secrets import REDACTED, Mask, is_secret, redacted, secret_values

CONFIGURATION: dict[str, Any] = {
    "db_url": "postgresql://bot:dbpass99@db.example.org/trades",
    "exchange": {
        "name": "binance",
        "key": "exkey-111",
        "secret": "exsecret-222",
        "ccxt_config": {"apiKey": "cckey-333", "httpsProxy": "http://me:proxypw@proxy:3128"},
    },
    "api_server": {
        "username": "me",
        "password": "pa ss/444",
        "jwt_secret_key": "jwt-555-555",
        "ws_token": ["tok-666", "tok-777"],
    },
    "telegram": {"token": "123:abcdef", "chat_id": 998877},
    "webhook": {"url": "https://hooks.example.org/888"},
    "external_message_consumer": {"producers": [{"name": "other", "ws_token": "tok-999"}]},
    "pairlists": [{"method": "VolumePairList", "sort_key": "quoteVolume"}],
}
SECRETS = [
    "dbpass99", "exkey-111", "exsecret-222", "cckey-333", "proxypw", "pa ss/444", "jwt-555-555", "tok-666",
    "tok-777", "123:abcdef", "998877", "https://hooks.example.org/888", "tok-999",
]  # fmt: skip


def test_no_secret_is_left_in_what_is_shown() -> None:
    shown = str(redacted(CONFIGURATION))
    assert [secret for secret in SECRETS if secret in shown] == []
    assert shown.count(REDACTED) == len(SECRETS)


def test_all_else_is_shown_as_it_is() -> None:
    shown = redacted(CONFIGURATION)
    assert shown["pairlists"] == CONFIGURATION["pairlists"]
    assert shown["db_url"] == f"postgresql://bot:{REDACTED}@db.example.org/trades"
    assert shown["api_server"]["username"] == "me"
    assert redacted({"api_server": {"password": ""}}) == {"api_server": {"password": ""}}


def test_every_secret_is_found() -> None:
    assert sorted(secret_values(CONFIGURATION)) == sorted(SECRETS)


@pytest.mark.parametrize("path", [("exchange", "name"), ("pairlists", 0, "sort_key"), (), ("discord", "url")])
def test_ordinary_keys_are_no_secrets(path: tuple[str | int, ...]) -> None:
    assert not is_secret(path)


@pytest.mark.parametrize(
    "text",
    [
        "login failed for pa ss/444",
        "GET /api/v1/message/ws?token=tok-666",
        "GET /?password=pa%20ss/444&x=1",
        "GET /?password=pa%20ss%2F444&x=1",
        "Authorization: Basic " + b64encode(b"me:pa ss/444").decode(),
        "cannot reach http://any:body@proxy:3128",
    ],
)
def test_the_mask_covers_secrets_in_every_dress(text: str) -> None:
    mask = Mask()
    mask.learn(CONFIGURATION)
    masked = mask(text)
    assert REDACTED in masked
    assert not any(secret in masked for secret in ("ss/444", "ss%2F444", "tok-666", "cGEgc3Mv", "body"))


def test_the_mask_leaves_words_alone_that_happen_to_be_short_secrets() -> None:
    mask = Mask()
    mask.learn({"api_server": {"password": "ok"}})
    assert mask("ok, 3 trades") == "ok, 3 trades"


def test_a_mask_that_knows_nothing_changes_nothing() -> None:
    assert Mask()("sqlite:///trades.sqlite") == "sqlite:///trades.sqlite"

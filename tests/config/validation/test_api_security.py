from typing import Any

import pytest

from appliance.config.settings import ApiServerSettings
from appliance.config.validation.api_security import judge

GOOD = {"password": "kX9-tumble-42", "jwt_secret_key": "0123456789abcdef" * 4, "ws_token": "hg7Lw2-qqPz8"}


def server(address: str, **values: Any) -> ApiServerSettings:
    return ApiServerSettings(enabled=True, listen_ip_address=address, **{"username": "me", **GOOD, **values})


WEAK = [
    ("password", ""),
    ("password", "   "),
    ("password", "SuperSecret1!"),
    ("password", "SuperSecurePassword"),
    ("password", "freqtrader"),
    ("password", "me"),
    ("password", "aaaaaaaa"),
    ("jwt_secret_key", ""),
    ("jwt_secret_key", "somethingrandom"),
    ("jwt_secret_key", "somethingRandomSomethingRandom123"),
    ("jwt_secret_key", "kX9-tumble-42"),
    ("ws_token", "   "),
    ("ws_token", "sercet_Ws_t0ken"),
    ("ws_token", ("hg7Lw2-qqPz8", "hZ-y58LXyX_HZ8O1cJzVyN6ePWrLpNQv4Q")),
]


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5"])
@pytest.mark.parametrize(("key", "value"), WEAK)
def test_weak_secrets_are_refused_where_others_reach_the_server(address: str, key: str, value: Any) -> None:
    problems, warnings = judge(server(address, **{key: value}))
    assert [path for path, _ in problems] == [f"api_server.{key}"]
    assert warnings == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
@pytest.mark.parametrize(("key", "value"), WEAK)
def test_on_loopback_they_are_a_warning(address: str, key: str, value: Any) -> None:
    problems, warnings = judge(server(address, **{key: value}))
    assert problems == []
    assert [path for path, _ in warnings] == [f"api_server.{key}"]


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1"])
@pytest.mark.parametrize("left_out", ["", (), ("", "")])
def test_a_websocket_token_may_be_left_out(address: str, left_out: Any) -> None:
    assert judge(server(address, ws_token=left_out)) == ([], [])


@pytest.mark.parametrize(("address", "refused"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_missing_user_name_is_reported_and_refused_on_other_addresses(address: str, refused: bool) -> None:
    problems, warnings = judge(server(address, username=""))
    reported, nothing = (problems, warnings) if refused else (warnings, problems)
    assert ([path for path, _ in reported], nothing) == (["api_server.username"], [])


@pytest.mark.parametrize(
    ("key", "value", "size"),
    [("password", "abc", "3 characters"), ("ws_token", ("abc", GOOD["ws_token"]), "3 characters")],
)
def test_a_short_secret_is_a_warning_where_others_reach_the_server(key: str, value: Any, size: str) -> None:
    warning = (f"api_server.{key}", f"{size} while listening on 0.0.0.0; use at least 12")
    assert judge(server("0.0.0.0", **{key: value})) == ([], [warning])
    assert judge(server("127.0.0.1", **{key: value})) == ([], [])


def test_a_weak_secret_is_never_shown() -> None:
    problems, _ = judge(server("0.0.0.0", password="freqtrader"))
    assert "freqtrader" not in str(problems)


def test_good_secrets_are_welcome_everywhere() -> None:
    assert judge(server("0.0.0.0")) == ([], [])


@pytest.mark.parametrize("address", ["", "here", "localhost:80", "1.2.3"])
def test_an_address_must_be_one(address: str) -> None:
    problems, _ = judge(server(address))
    assert [path for path, _ in problems] == ["api_server.listen_ip_address"]


def test_nothing_matters_while_the_server_is_off() -> None:
    assert judge(ApiServerSettings(listen_ip_address="0.0.0.0")) == ([], [])

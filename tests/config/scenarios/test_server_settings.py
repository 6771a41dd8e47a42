"""Problems of tokens, proxies and hashed passwords are reported with their places."""

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.config.settings import ApiServerSettings
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError

GOOD = {"name": "a", "hash": "0" * 64, "role": "viewer"}


def loaded(folder: Path, **server: Any) -> ApiServerSettings:
    file = folder / "c.json"
    file.write_text(json.dumps({"api_server": server}))
    return load(Sources((str(file),)), {}, runmode=RunMode.OTHER).settings.api_server


@pytest.mark.parametrize(
    ("tokens", "error"),
    [
        ("x", "api_server.tokens: expected a list, each an object of name, hash, role, expires"),
        ([3], "api_server.tokens[0]: expected an object of name, hash, role, expires, found 3"),
        ([{"name": "a"}], "api_server.tokens[0]: expected an object of name, hash, role, expires"),
        ([GOOD | {"rôle": "x"}], "api_server.tokens[0]: expected an object of"),
        (
            [GOOD | {"role": "vewer"}],
            'tokens[0].role: expected one of "viewer", "operator", "admin", found "vewer"; did',
        ),
        ([GOOD | {"hash": "abc"}], "api_server.tokens[0].hash: expected a text such as"),
        ([GOOD | {"name": ""}], "api_server.tokens[0].name: expected a text"),
        ([GOOD | {"expires": "2030-01-01"}], "tokens[0].expires: expected a date with time zone such as"),
        ([GOOD | {"expires": "2030-01-01T00:00:00"}], "tokens[0].expires: expected a date with time zone"),
        (
            [GOOD, GOOD | {"hash": "1" * 64}],
            'api_server.tokens: expected each name once, found "a" more than once',
        ),
    ],
)
def test_an_invalid_token_is_refused(tmp_path: Path, tokens: Any, error: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        loaded(tmp_path, tokens=tokens)
    assert error in str(refused.value)


@pytest.mark.parametrize("proxy", ["", "nginx", "10.0.0.0/33", "10.0.0.1/8"])
def test_a_proxy_that_is_no_address(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(ConfigurationError, match=r"api_server\.trusted_proxies\[0\]: expected an address"):
        loaded(tmp_path, trusted_proxies=[proxy])


def test_half_a_hash_is_not_taken_for_a_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"api_server\.password: expected a complete argon2 hash"):
        loaded(tmp_path, password="$argon2id$v=19")


@pytest.mark.parametrize(
    "rules", [{"free_failures": 0}, {"first_wait": 0}, {"longest_wait": -1}, {"enabled": "no"}]
)
def test_rules_of_waiting_that_make_no_sense(tmp_path: Path, rules: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"api_server\.login_throttle\."):
        loaded(tmp_path, login_throttle=rules)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    server = loaded(
        tmp_path,
        tokens=[GOOD | {"expires": "2030-01-01T00:00:00Z"}],
        trusted_proxies=["127.0.0.1", "fd00::/8"],
    )
    assert server.tokens[0].expires is not None
    assert server.tokens[0].expires.year == 2030

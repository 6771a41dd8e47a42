"""Whose page it is: what browsers say as Origin, against what they, or a proxy, say as Host."""

import pytest

from appliance.server.origins import is_of


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "bot.example"),
        ("null", "bot.example"),
        ("https://bot.example", ""),
        ("https://evil.example", "bot.example"),
        ("https://bot.example.evil.example", "bot.example"),
        ("https://bot.example@evil.example", "bot.example"),
        ("http://bot.example:3000", "bot.example:8080"),
        ("http://bot.example", "bot.example:8080"),
        ("https://bot.example:99999999", "bot.example"),
        ("https://[::1", "[::1"),
        ("bot.example", "bot.example"),
    ],
)
def test_a_stranger(origin, host):
    assert not is_of(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://bot.example", "bot.example"),
        ("https://bot.example", "bot.example:443"),  # nginx: $host:$server_port
        ("https://bot.example:8443", "bot.example"),  # nginx: $host, which leaves the port out
        ("https://bot.example", "Bot.Example"),
    ],
)
def test_our_own(origin, host):
    assert is_of(origin, host)

"""Commands that the API accepts and that change nothing."""

import pytest

from appliance.client.no_effect import no_effect

LOCKS = {"locks": [{"id": 3, "pair": "ETH/USDT", "reason": "news"}]}


@pytest.mark.parametrize(
    ("command", "arguments", "before", "answer", "warning"),
    [
        ("markets", {"exchange": "kraken"}, None, {"exchange_id": "binance"}, "the markets of binance"),
        ("markets", {"exchange": "Binance"}, None, {"exchange_id": "binance"}, ""),
        ("markets", {}, None, {"exchange_id": "binance"}, ""),
        ("lock_add", {"pair": "BTC/USDT", "until": "2020-01-01"}, None, LOCKS, "2020-01-01 is in the past"),
        ("lock_add", {"pair": "ETH/USDT", "until": "x", "reason": "news"}, None, LOCKS, ""),
        ("lock_add", {"pair": "ETH/USDT", "until": "x"}, None, LOCKS, "not locked"),
        ("delete_lock", {"lock_id": 4}, LOCKS, LOCKS, "no active lock 4"),
        ("delete_lock", {"lock_id": 3}, LOCKS, {"locks": []}, ""),
        ("unlock_pair", {"pair": "BTC/USDT"}, LOCKS, LOCKS, "no active lock of BTC/USDT"),
        ("unlock_pair", {"pair": "ETH/USDT"}, LOCKS, {"locks": []}, ""),
        ("delete_lock", {"lock_id": 4}, "no object", None, "no active lock 4"),
        ("status", {}, None, [], ""),
    ],
)
def test_a_command_without_effect_gets_a_warning(command, arguments, before, answer, warning):
    found = no_effect(command, arguments, before, answer)
    assert warning in found
    assert bool(found) == bool(warning)

"""What a reload has changed, as the audit log tells it."""

from appliance.config.changes import changes, fingerprint

OLD = {
    "stake_amount": 50,
    "exchange": {"name": "binance", "key": "a-key-of-mine", "pair_whitelist": ["BTC/USDT"]},
    "api_server": {"password": "old password"},
}


def test_a_changed_secret_is_named_without_its_value():
    new = {**OLD, "api_server": {"password": "new password"}}
    assert changes(OLD, new) == ({"api_server.password": "REDACTED"}, {"api_server.password": "REDACTED"})
    assert fingerprint(OLD) == fingerprint(new)


def test_added_removed_and_changed_values_are_returned_by_key():
    new = {**OLD, "stake_amount": 60, "exchange": {"name": "binance", "pair_whitelist": ["ETH/USDT"]}, "x": 1}
    before, after = changes(OLD, new)
    assert before == {
        "stake_amount": 50,
        "exchange.key": "REDACTED",
        "exchange.pair_whitelist": ["BTC/USDT"],
    }
    assert after == {"stake_amount": 60, "exchange.pair_whitelist": ["ETH/USDT"], "x": 1}


def test_the_same_in_another_order_is_the_same():
    turned = dict(reversed(OLD.items()))
    assert changes(OLD, turned) == ({}, {})
    assert fingerprint(OLD) == fingerprint(turned) != fingerprint({**OLD, "stake_amount": 51})

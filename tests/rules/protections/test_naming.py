"""Which protection set a lock, by its reason."""

import pytest

from appliance.rules.protections.naming import protection_of


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("4 stop losses within 120 minutes, locked for 60 minutes", "StoplossGuard"),
        ("4 stoplosses in 120 min, locking for 60 minutes.", "StoplossGuard"),
        ("Cooldown period for 5 candles", "CooldownPeriod"),
        ("0.25 passed 0.2 within 10 candles, locked for 4 candles", "MaxDrawdown"),
        ("0.25 passed 0.2 in 10 candles, locking for 4 candles.", "MaxDrawdown"),
        ("-0.05 < 0.02 within 60 minutes, locked for 60 minutes", "LowProfitPairs"),
        ("Auto lock", None),
        ("news of 4 stop losses", None),
        ("", None),
        (None, None),
    ],
)
def test_reasons_of_ours_and_of_freqtrade_are_known(reason, name):
    assert protection_of(reason) == name

"""What a lookahead analysis is asked for."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.lookahead.options import LookaheadOptions


def test_a_configuration_is_read():
    found = LookaheadOptions.of({"minimum_trade_amount": 5, "targeted_trade_amount": 7, "seconds": 99})
    assert (found.minimum_trade_amount, found.targeted_trade_amount) == (5, 7)
    assert found.seconds != 99  # no setting


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"targeted_trade_amount": 5}, "expected at least minimum_trade_amount \\(10\\), found 5"),
        ({"minimum_trade_amount": "many"}, "minimum_trade_amount: Expected `int`"),
    ],
)
def test_what_makes_no_sense_is_refused(config, told):
    with pytest.raises(ConfigurationError, match=told):
        LookaheadOptions.of(config)

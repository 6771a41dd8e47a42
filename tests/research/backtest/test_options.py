"""Options of backtests from a merged configuration."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.realism import OFF, Realism


def test_realism_is_off_by_default():
    assert BacktestOptions.of({}).realism is OFF


def test_realism_has_a_section_of_its_own():
    given = {"backtest_realism": {"slippage": 0.001, "volume_cap": None, "gaps_through_stops": True}}
    assert BacktestOptions.of(given).realism == Realism(slippage=0.001, gaps_through_stops=True)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"slippage": 1}, "backtest_realism.slippage: "),
        ({"spread": -0.1}, "backtest_realism.spread: "),
        ({"volume_cap": 0}, "backtest_realism.volume_cap: "),
        ({"slipage": 0.1}, "backtest_realism: .*slipage"),
    ],
)
def test_a_mistake_names_its_key(section, told):
    with pytest.raises(ConfigurationError, match=told):
        BacktestOptions.of({"backtest_realism": section})

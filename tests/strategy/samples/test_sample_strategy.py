"""The bundled strategy: what a newcomer sees first, and begins from."""

import pytest

from appliance.config.starter import DEMO_PAIRS, DEMO_SPEED
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.strategy.analysis import analyze, latest_signal, oldest_usable
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.dataframes import frame_of
from appliance.strategy.loading.loader import SAMPLES, load_strategy
from appliance.strategy.loading.resolve import resolved
from tests.strategy.answers import NOW, Data, frame

NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture
def sample():
    config = {"stake_currency": "USDT"}
    strategy = load_strategy("SampleStrategy", dirs=[SAMPLES], config=config)
    strategy.dp = DataProvider(config, Data())
    strategy.ft_bot_start()
    return strategy


def test_its_settings_are_those_of_a_quick_demo(sample):
    found = resolved(sample)
    assert (found.timeframe, found.can_short) == ("1m", False)
    assert found.startup_candle_count <= 100
    assert {"main_plot", "subplots"} == set(sample.plot_config)


def test_every_column_that_it_plots_is_there(sample):
    result = analyze(sample, frame("BTC/USDT", "1m"), "BTC/USDT")
    plotted = set(sample.plot_config["main_plot"]).union(*sample.plot_config["subplots"].values())
    assert plotted <= set(result.columns)


async def test_on_the_simulated_market_there_is_nearly_always_a_signal(sample):
    market = SimulatedMarket(speed=DEMO_SPEED, clock=lambda: NOW_MS)
    entries = exits = None
    for pair in DEMO_PAIRS[:12]:
        candles = await market.fetch_candles(pair, "1m", limit=260)
        result = analyze(sample, frame_of(candles[:-1]), pair).iloc[60:].reset_index(drop=True)
        assert latest_signal(result, oldest_usable("1m", NOW)) is not None
        enters, leaves = result["enter_long"].eq(1), result["exit_long"].eq(1)
        entries = enters if entries is None else entries | enters
        exits = leaves if exits is None else exits | leaves
    assert entries.mean() > 0.9
    assert exits.mean() > 0.5

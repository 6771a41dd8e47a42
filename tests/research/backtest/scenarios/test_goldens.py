"""Backtests come out as freqtrade's: every trade, every order, every counter.

The goldens in `tests/data/backtest/` are results of freqtrade 2026.9 over candles that are made anew here,
bit for bit the same. Each case goes the whole way: command line, configuration file, exchange, candle files.
"""

import json

import click
import msgspec
import pytest
from click.testing import CliRunner

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research.options import backtest_options, settings_of
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode
from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from tests.support.goldens.cases import CASES, Case
from tests.support.goldens.comparing import differences, golden_rows, order_rows, trade_rows

NAMES = {case.name: case for case in CASES}


def settings(arguments):
    """What a command line overrides."""
    seen = {}

    @click.command(cls=CommandOfMany)
    @common_options
    @strategy_options
    @backtest_options
    def command(config, no_color, **options):
        seen.update(settings_of(options))

    CliRunner().invoke(command, arguments, catch_exceptions=False)
    return seen


@pytest.fixture
def outcomes(golden_candles, golden_exchange, golden_folder, tmp_path):
    """Backtest a case; give the outcomes by strategy."""

    def run(case: Case):
        configuration = case.configuration(golden_exchange)
        golden_candles.provide(configuration["exchange"]["pair_whitelist"])
        file = tmp_path / "config.json"
        file.write_text(json.dumps(configuration))
        folders = ["--userdir", str(golden_folder), "--datadir", str(golden_candles.folder)]
        loaded = configured((str(file),), settings([*case.arguments, *folders]), runmode=RunMode.BACKTEST)
        return {found.strategy: found for found in map(backtest, preparations(planned(loaded)))}

    return run


@pytest.mark.parametrize("name", NAMES)
def test_trades_are_those_of_freqtrade(name, outcomes):
    case = NAMES[name]
    found = outcomes(case)
    assert list(found) == case.strategies
    for strategy, outcome in found.items():
        golden = case.golden(strategy)
        assert differences(golden_rows(golden), trade_rows(outcome.trades)) == []
        orders = golden_rows(f"{golden}.orders")
        if orders is not None:
            assert differences(orders, order_rows(outcome.trades)) == []
        counted = {
            **msgspec.structs.asdict(outcome.counters),
            "trades": len(outcome.trades),
            "locks": len(outcome.locks),
            "final_balance": pytest.approx(outcome.final_balance, abs=1e-6),
        }
        assert {key: counted[key] for key in case.expected[strategy]} == case.expected[strategy]
        assert outcome.counters.rejected_signals == len(outcome.rejected)


def test_goldens_cover_what_strategies_do():
    """Where a golden is left out, or a file lost, this says so."""
    assert len(NAMES) == len(CASES) == 72
    trades = {name: sum(want["trades"] for want in case.expected.values()) for name, case in NAMES.items()}
    assert min(trades.values()) > 10
    assert sum(trades.values()) > 50_000

"""The options of `backtesting` become settings, as in freqtrade."""

import click
import pytest
from click.testing import CliRunner

from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research.options import backtest_options, settings_of
from appliance.domain.errors import ConfigurationError

FREQTRADE = """
    -i --timeframe --timerange --data-format-ohlcv --max-open-trades --stake-amount --fee -p --pairs --eps
    --enable-position-stacking --enable-protections --enableprotections --enable-dynamic-pairlist
    --dry-run-wallet --starting-balance --timeframe-detail --strategy-list --export --backtest-filename
    --export-filename --backtest-directory --export-directory --breakdown --cache
    --freqai-backtest-live-models --notes -v --verbose --no-color --logfile --log-file -V --version -c
    --config -d --datadir --data-dir --userdir --user-data-dir -s --strategy --strategy-path
    --recursive-strategy-search --freqaimodel --freqaimodel-path
"""


def settings(*arguments):
    seen = {}

    @click.command(cls=CommandOfMany)
    @common_options
    @strategy_options
    @backtest_options
    def command(config, no_color, **options):
        seen.update(settings_of(options))

    outcome = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return seen


def test_every_option_of_freqtrade_is_known():
    @backtest_options
    @strategy_options
    @common_options
    @click.command()
    def command(**_): ...

    known = {name for option in command.params for name in option.opts}
    assert set(FREQTRADE.split()) <= known


def test_without_options_nothing_is_overridden():
    assert settings() == {}


def test_options_override_settings_by_their_keys():
    assert settings(
        *("-i", "15m", "--max-open-trades", "7", "--stake-amount", "50", "--eps", "--enable-protections"),
        *("-p", "BTC/USDT", "ETH/.*", "--breakdown", "day", "month", "--cache", "none", "--notes", "mine"),
        *("--export", "signals", "--export-directory", "there", "--starting-balance", "500"),
    ) == {
        "timeframe": "15m",
        "max_open_trades": 7,
        "stake_amount": 50.0,
        "position_stacking": True,
        "enable_protections": True,
        "exchange.pair_whitelist": ["BTC/USDT", "ETH/.*"],
        "backtest_breakdown": ["day", "month"],
        "backtest_cache": "none",
        "backtest_notes": "mine",
        "export": "signals",
        "exportdirectory": "there",
        "dry_run_wallet": 500.0,
    }


def test_an_unlimited_stake_is_a_word():
    assert settings("--stake-amount", "unlimited") == {"stake_amount": "unlimited"}
    with pytest.raises(ConfigurationError, match='expected a number or "unlimited", found "much"'):
        settings("--stake-amount", "much")


def test_no_open_trades_override_nothing():
    assert settings("--max-open-trades", "0") == {}
    assert settings("--max-open-trades", "-1") == {"max_open_trades": -1}


@pytest.mark.parametrize("option", [("--freqai-backtest-live-models",), ("--freqaimodel", "X")])
def test_freqai_is_refused(option):
    with pytest.raises(ConfigurationError, match="FreqAI is not supported"):
        settings(*option)


def test_models_of_realism_are_settings_of_their_section():
    assert settings(
        *("--slippage", "0.001", "--spread", "0", "--volume-cap", "0.1", "--gaps-through-stops")
    ) == {
        "backtest_realism.slippage": 0.001,
        "backtest_realism.spread": 0.0,
        "backtest_realism.volume_cap": 0.1,
        "backtest_realism.gaps_through_stops": True,
    }


def test_a_fee_of_nothing_is_a_fee():
    assert settings("--fee", "0") == {"fee": 0.0}
    assert settings("--fee", "0.001", "--fee", "0") == {"fee": 0.0}, "the last one counts"


def test_an_empty_wallet_is_one_too():
    assert settings("--dry-run-wallet", "0") == {"dry_run_wallet": 0.0}
    assert settings("--stake-amount", "0") == {"stake_amount": 0.0}

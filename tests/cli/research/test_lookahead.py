"""`appliance lookahead-analysis`, from the command line to the verdict."""

import subprocess
import sys

import pytest

from tests.support.research.backtests import Workspace, walk

ENTRIES = "dataframe.loc[dataframe['close'].diff() < 0, 'enter_long'] = 1"
EXITS = "dataframe.loc[dataframe['close'].shift(-1) < dataframe['close'], 'exit_long'] = 1"
HEADINGS = (
    *("filename", "strategy", "has_bias", "total_signals"),
    *("biased_entry_signals", "biased_exit_signals", "biased_indicators"),
)


@pytest.fixture
def workspace(folder):
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(60, seed=seed))
    space.write_config()
    space.strategy(startup=10, entries=ENTRIES)
    space.strategy("Leaky", startup=10, entries=ENTRIES, exits=EXITS)
    return space


def test_without_candles_it_does_not_start(appliance, workspace):
    outcome = appliance("lookahead-analysis", "-s", "Mine", "--timerange", "20200101-20200201")
    assert outcome.status == 2
    assert "has no candles of BTC/USDT, ETH/USDT" in outcome.err


def test_a_failing_strategy_is_one_line(appliance, workspace):
    path = workspace.strategy(indicators="dataframe['x'] = missing")
    outcome = appliance("lookahead-analysis", "-s", "Mine")
    assert outcome.status == 2
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("error: Mine.populate_indicators for ")
    assert outcome.err.endswith(f"/USDT failed at {path}:13: NameError: name 'missing' is not defined\n")


def test_fewer_signals_than_the_least_are_not_asked_for(appliance, workspace):
    outcome = appliance("lookahead-analysis", "-s", "Mine", "--targeted-trade-amount", "5")
    assert outcome.status == 2
    assert "expected at least minimum_trade_amount (10), found 5" in outcome.err


def test_a_clean_strategy_is_clean(appliance, workspace):
    outcome = appliance("lookahead-analysis", "-s", "Mine")
    assert outcome.status == 0, outcome.err
    title, headings, verdict, *_ = outcome.out.splitlines()
    assert (title, headings) == ("Lookahead Analysis", "\t".join(HEADINGS))
    assert verdict.split("\t")[:3] == ["mine.py", "Mine", "No"]
    assert outcome.err == ""


def test_a_strategy_that_knows_later_candles_is_told(appliance, workspace, folder):
    run = ("--targeted-trade-amount", "12", "--lookahead-analysis-exportfilename", "verdicts.csv")
    outcome = appliance("lookahead-analysis", "--strategy-list", "Mine", "Leaky", *run)
    assert outcome.status == 0, outcome.err
    assert "\tLeaky\tYes\t" in outcome.out
    assert "exit_long\tat least 1\t" in outcome.out
    assert "Stored in verdicts.csv" in outcome.err
    assert "leaky.py,Leaky,True," in (folder / "verdicts.csv").read_text()


def test_a_strategy_that_fails_leaves_the_others(appliance, workspace):
    workspace.strategy("Broken", indicators="dataframe['x'] = missing")
    outcome = appliance("lookahead-analysis", "--strategy-list", "Broken", "Mine")
    assert outcome.status == 0
    assert "\tBroken\terror while checking" in outcome.out
    assert "\tMine\tNo\t" in outcome.out
    assert outcome.err.startswith("error: Broken: Broken.populate_indicators for ")


KEEPS = """if self.highest is None:
            self.highest = dataframe["close"].max()
        dataframe["to_highest"] = dataframe["close"] / self.highest"""
COUNTS = 'self.seen = {**(self.highest or {}), metadata["pair"]: len(dataframe)}'


def test_what_one_run_leaves_behind_is_hidden_from_the_next(workspace, folder):
    """A process of its own: one with threads, as this may be, is not forked."""
    workspace.strategy("Keeps", attributes="highest = None", indicators=KEEPS, entries=ENTRIES)
    workspace.strategy("Counts", attributes="highest = None", indicators=COUNTS, entries=ENTRIES)
    run = ("lookahead-analysis", "--strategy-list", "Keeps", "Counts", "-i", "5m", "-p", "BTC/USDT", "-v")
    run += ("--timerange", "20250701T0300-", "--minimum-trade-amount", "3")
    ended = subprocess.run(
        [sys.executable, "-m", "appliance", *run], capture_output=True, text=True, check=False, cwd=folder
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("every run gets a process of its own") == 2
    keeps, counts = (line.split("\t") for line in ended.stdout.splitlines()[2:4])
    assert keeps[1:3] == ["Keeps", "Yes"]
    assert keeps[-1] == "to_highest"
    assert counts[1:3] == ["Counts", "No"]


def test_market_orders_are_no_obstacle(appliance, workspace):
    """A bot refuses them with prices of its own side, which an analysis has no use for."""
    kinds = dict.fromkeys(("entry", "exit", "stoploss"), "market") | {"stoploss_on_exchange": False}
    workspace.strategy(startup=10, entries=ENTRIES, attributes=f"order_types = {kinds}")
    workspace.config |= {
        f"{side}_pricing": {"price_side": "same", "use_order_book": False} for side in ("entry", "exit")
    }
    workspace.write_config()
    outcome = appliance("lookahead-analysis", "-s", "Mine", "-p", "BTC/USDT", "--minimum-trade-amount", "5")
    assert outcome.status == 0, outcome.err


def test_options_about_trades_are_accepted(appliance, workspace):
    given = ("--stake-amount", "20000", "--fee", "0.01", "--enable-protections", "--allow-limit-orders")
    given += ("--max-open-trades", "1", "--dry-run-wallet", "5", "--export", "none", "-p", "BTC/USDT")
    outcome = appliance("lookahead-analysis", "-s", "Mine", "-v", *given)
    assert outcome.status == 0, outcome.err
    assert "Without effect here: --enable-protections, " in outcome.err

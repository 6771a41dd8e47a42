"""The report of what a backtest of ours has led to: the account begins and ends where the backtest did."""

from pathlib import Path

import pytest

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from appliance.research.report.equity import Account, candle_grid
from appliance.research.report.page import report_page
from appliance.research.report.terms import terms_of
from tests.support.research.backtests import Workspace, walk

ENTRIES = "dataframe.loc[dataframe.index % 40 == 0, ['enter_long', 'enter_tag']] = (1, 'tag')"
EXITS = "dataframe.loc[dataframe.index % 40 == 25, 'exit_long'] = 1"


def test_the_account_begins_and_ends_where_the_backtest_did(tmp_path: Path):
    space = Workspace(tmp_path / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.config |= {"dry_run_wallet": 1000, "tradable_balance_ratio": 0.8}
    space.strategy(entries=ENTRIES, exits=EXITS)
    (prepared,) = preparations(planned(space.loaded()))
    outcome = backtest(prepared)
    assert len(outcome.trades) > 10
    assert outcome.starting_balance == 1000  # all of it, whatever part may be traded
    account = Account(candle_grid("5m", to_ms(outcome.first), to_ms(outcome.last)), outcome.starting_balance)
    for pair, series in prepared.series.items():
        account.add_pair(series.rows, [trade for trade in outcome.trades if trade.pair == pair])
    assert account.equity[0] == 1000
    assert account.equity[-1] == pytest.approx(outcome.final_balance, abs=1e-6)
    assert account.equity.min() < account.balance.min()
    terms = terms_of(prepared.loaded.settings, fee=prepared.fee)
    assert "started with 1,000.00" in report_page(outcome, prepared.series.values(), terms).decode()

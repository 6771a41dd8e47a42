"""Figures of the account's worth."""

from appliance.research.results.printing.wallet_metrics import wallet_metrics


def test_results_without_them_have_no_rows():
    assert wallet_metrics({}, "USDT") == []


def test_older_results_lack_drawdowns(spot):
    measured = dict(spot.written.stored["strategy"]["Tagged"]["wallet_stats"])
    del measured["max_drawdown_abs"]
    assert len(wallet_metrics(measured, "USDT")) == 4

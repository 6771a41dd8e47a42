import pytest

from appliance.domain.errors import ConfigurationError, StrategyError
from appliance.research.hyperopt.losses.own import own_losses
from appliance.research.hyperopt.search import search

LOSS = """
from datetime import datetime
from pandas import DataFrame
from freqtrade.constants import Config
from freqtrade.data.metrics import calculate_max_drawdown
from freqtrade.optimize.hyperopt import IHyperOptLoss


class ByMean(IHyperOptLoss):
    @staticmethod
    def hyperopt_loss_function(
        results: DataFrame, trade_count: int, min_date: datetime, max_date, config: Config, processed,
        backtest_stats, starting_balance, **kwargs
    ) -> float:
        assert trade_count == len(results) == backtest_stats["total_trades"]
        assert (results["close_date"].dt.date >= min_date.date()).all() and ByMean.timeframe == "5m"
        assert set(processed) == {"BTC/USDT", "ETH/USDT"} and "clock" in processed["BTC/USDT"]
        fall = calculate_max_drawdown(results, value_col="profit_abs", starting_balance=starting_balance)
        return {value}
"""


@pytest.fixture
def own(workspace):
    folder = workspace.folder / "hyperopts"
    folder.mkdir()

    def write(value):
        file = folder / "by_mean.py"
        file.write_text(LOSS.replace("{value}", value))
        return file

    return write


def test_a_class_of_the_user_is_called_as_freqtrade_calls_it(workspace, own):
    own('-results["profit_abs"].sum() + fall.drawdown_abs')
    epochs = search(workspace.plan(hyperopt_loss="ByMean", epochs=4, hyperopt_min_trades=1)).epochs
    traded = [epoch for epoch in epochs if epoch.metrics["total_trades"]]
    assert traded
    for epoch in traded:
        metrics = epoch.metrics
        assert epoch.loss == pytest.approx(metrics["max_drawdown_abs"] - metrics["profit_total_abs"])


def test_a_class_that_fails_ends_the_search_with_its_reason(workspace, own):
    own("1 / 0")
    with pytest.raises(StrategyError, match=r"epoch \d \(.*ByMean failed: ZeroDivisionError"):
        search(workspace.plan(hyperopt_loss="ByMean", epochs=9))


def test_a_class_without_the_interface_is_refused(workspace, own):
    file = own("0.0")
    file.write_text("class ByMean(object):\n    pass\n")
    with pytest.raises(ConfigurationError, match="derive from IHyperOptLoss; classes that do: none"):
        workspace.plan(hyperopt_loss="ByMean")


def test_classes_of_a_folder_are_listed_broken_ones_with_the_reason(own):
    file = own("0.0")
    file.with_name("broken.py").write_text("import nothing_at_all\n")
    found = {path.name: (name, status) for name, path, status in own_losses([file.parent])}
    assert found["by_mean.py"] == ("ByMean", "OK")
    assert "nothing_at_all" in found["broken.py"][1]

"""A user data folder with a strategy that has parameters, for searches."""

from appliance.config.loading import Sources, load
from appliance.domain.enums import RunMode
from appliance.research.backtest.progress import SILENT
from appliance.research.hyperopt.plan import search_plan
from appliance.research.hyperopt.subject import subject_of
from tests.support.research.backtests import Workspace

IMPORTS = "from freqtrade.strategy import CategoricalParameter, DecimalParameter, IntParameter"
PARAMETERS = """
    buy_every = IntParameter(5, 40, default=20)
    buy_drop = DecimalParameter(0.0, 0.01, default=0.002, decimals=3)
    sell_every = IntParameter(2, 30, default=7)
    sell_on = CategoricalParameter(["open", "close"], default="close")
"""
PARTS = {
    "attributes": PARAMETERS,
    "indicators": 'dataframe["clock"] = range(len(dataframe))',
    "entries": 'dataframe.loc[(dataframe["clock"] % self.buy_every.value == 0) & (dataframe["close"] < '
    'dataframe["close"].shift(3) * (1 - self.buy_drop.value)), "enter_long"] = 1',
    "exits": 'dataframe.loc[(dataframe["clock"] % self.sell_every.value == 0) & '
    '(dataframe[self.sell_on.value] > 0), "exit_long"] = 1',
}


class SearchWorkspace(Workspace):
    """A workspace of searches."""

    def strategy(self, name="Mine", **parts):
        path = super().strategy(name, **{**PARTS, **parts})
        path.write_text(f"{IMPORTS}\n{path.read_text()}")
        return path

    def loaded(self, **overrides):
        file = self.write_config()
        given = {"user_data_dir": str(self.folder), "strategy": "Mine", "hyperopt_jobs": 1}
        given |= {"hyperopt_loss": "OnlyProfitHyperOptLoss", "hyperopt_random_state": 3, "epochs": 8}
        given |= {"spaces": ["buy", "sell"], **overrides}
        return load(Sources((str(file),), given), {}, runmode=RunMode.HYPEROPT)

    def plan(self, **overrides):
        return search_plan(self.loaded(**overrides))

    def subject(self, **overrides):
        return subject_of(self.plan(**overrides), None, SILENT)

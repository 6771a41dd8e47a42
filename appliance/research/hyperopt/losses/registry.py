"""Name the loss functions, as freqtrade names them."""

from appliance.research.hyperopt.losses import daily, drawdowns, profits, ratios
from appliance.research.hyperopt.losses.judged import Loss

LOSSES: dict[str, Loss] = {
    "ShortTradeDurHyperOptLoss": profits.short_trade_duration,
    "OnlyProfitHyperOptLoss": profits.only_profit,
    "SharpeHyperOptLoss": ratios.sharpe,
    "SharpeHyperOptLossDaily": daily.sharpe_daily,
    "SortinoHyperOptLoss": ratios.sortino,
    "SortinoHyperOptLossDaily": daily.sortino_daily,
    "CalmarHyperOptLoss": ratios.calmar,
    "MaxDrawDownHyperOptLoss": drawdowns.max_drawdown,
    "MaxDrawDownRelativeHyperOptLoss": drawdowns.max_drawdown_relative,
    "MaxDrawDownPerPairHyperOptLoss": drawdowns.max_drawdown_per_pair,
    "ProfitDrawDownHyperOptLoss": drawdowns.profit_drawdown,
    "MultiMetricHyperOptLoss": profits.multi_metric,
}
ALIASES = {"DefaultHyperOptLoss": "ShortTradeDurHyperOptLoss"}
"""Names of earlier versions."""

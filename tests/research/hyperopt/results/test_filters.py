import pytest

from appliance.research.hyperopt.results.filters import Filters

EPOCHS = [
    {
        "current_epoch": number,
        "is_best": number in (1, 3),
        "loss": loss,
        "results_metrics": {
            "total_trades": trades,
            "profit_total": profit / 1000,
            "profit_total_abs": profit,
            "profit_mean": mean,
            "holding_avg_s": seconds,
        },
    }
    for number, loss, trades, profit, mean, seconds in [
        (1, 5.0, 10, -20.0, -0.02, 3600),
        (2, 9.0, 0, 0.0, 0.0, 0),
        (3, -1.0, 30, 50.0, 0.03, 7259),
        (4, 0.5, 20, 10.0, 0.01, 600),
    ]
]


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        ({}, [1, 2, 3, 4]),
        ({"only_best": True}, [1, 3]),
        ({"only_profitable": True}, [3, 4]),
        ({"min_trades": 10}, [3, 4]),
        ({"max_trades": 20}, [1, 2]),
        ({"min_avg_time": 60}, [3]),
        ({"max_avg_time": 61}, [1, 4]),
        ({"min_avg_profit": 1}, [3]),
        ({"max_avg_profit": 3}, [1, 4]),
        ({"min_total_profit": 10}, [3]),
        ({"max_total_profit": 50}, [1, 4]),
        ({"min_objective": 1}, [3, 4]),
        ({"max_objective": 0.5}, [1]),
        ({"only_best": True, "min_total_profit": -100, "max_objective": 0}, [1]),
    ],
)
def test_epochs_are_chosen_as_freqtrade_does(filters, chosen):
    assert [epoch["current_epoch"] for epoch in Filters(**filters).chosen(EPOCHS)] == chosen

"""A result in the order that was asked for."""

from appliance.research.results.result import BacktestResult


def test_strategies_come_in_the_order_of_their_list():
    names = ("C", "A", "B", "X")
    result = BacktestResult(
        strategy={name: {} for name in names},
        strategy_comparison=[{"key": name} for name in names],
        metadata={"A": {"run_id": "1"}},
        warnings={"A": ["x"]},
    )
    ordered = result.in_order(("A", "B", "C"))
    assert list(ordered.strategy) == ["A", "B", "C", "X"]
    assert [line["key"] for line in ordered.strategy_comparison] == ["A", "B", "C", "X"]
    assert (ordered.metadata, ordered.warnings) == (result.metadata, result.warnings)

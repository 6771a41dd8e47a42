"""Research. Results are compared on one Python; on every one, the walk and the candles that it is given."""

import pytest

ON_EVERY_PYTHON = ("backtest/walk/", "data/")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests of all other folders."""
    place = item.path.as_posix().rpartition("tests/research/")[2]
    if not place.startswith(ON_EVERY_PYTHON):
        item.add_marker(pytest.mark.python_independent)

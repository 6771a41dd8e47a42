"""Real exchanges through ccxt. What is read of their answers does not depend on the version of Python."""

import pytest

ON_EVERY_PYTHON = {"test_gateway.py", "test_loading.py", "test_market_data.py", "test_orders.py"}
"""That ccxt loads and connects does."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests of what is read."""
    if item.path.name not in ON_EVERY_PYTHON:
        item.add_marker(pytest.mark.python_independent)

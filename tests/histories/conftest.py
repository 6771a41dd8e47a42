"""Random histories of a bot and its exchange."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)
    item.add_marker(pytest.mark.slow)

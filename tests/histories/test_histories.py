"""Random histories of a bot and its exchange; `python -m tests.histories` walks thousands of them."""

import pytest

from tests.histories.batches import again, batch


@pytest.mark.parametrize(
    "groups", ["others", "faults", "late", "kills", "hand", ""], ids=lambda it: it or "all"
)
def test_books_and_exchange_agree_whatever_happens(groups: str):
    _, failure = batch(1, groups)
    assert failure is None, f"{failure}\nMake it short: {again(1, groups)}"

"""Convert order books to dataframes, as `freqtrade.data.converter` does."""

from collections.abc import Sequence

import pandas as pd


def order_book_to_dataframe(bids: Sequence[Sequence[float]], asks: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return columns b_sum, b_size, bids, asks, a_size, a_sum: sizes, and sums from the best price on."""
    bid = pd.DataFrame(list(bids), columns=["bids", "b_size"])
    ask = pd.DataFrame(list(asks), columns=["asks", "a_size"])
    bid["b_sum"] = bid["b_size"].cumsum()
    ask["a_sum"] = ask["a_size"].cumsum()
    return pd.concat([bid[["b_sum", "b_size", "bids"]], ask[["asks", "a_size", "a_sum"]]], axis=1)


__all__ = ["order_book_to_dataframe"]

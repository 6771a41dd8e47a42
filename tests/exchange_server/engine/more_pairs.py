"""List more pairs than the simulated market has: measuring needs hundreds."""

from appliance.exchange.simulated import pairs


def list_more_pairs(count: int) -> None:
    """Let markets that are made from now on trade so many invented assets besides."""
    for number in range(1, count + 1):
        pairs._ASSETS[f"X{number:03d}"] = (1.0 + number / 10, 2.0e7, 1.0, 0.8)  # noqa: SLF001 -- before a market is made

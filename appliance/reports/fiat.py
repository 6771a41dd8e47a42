"""State what stake currency costs in the fiat currency that clients display."""

from msgspec import Struct


class FiatPrice(Struct, frozen=True):
    """State the price of one unit of stake currency in `currency`; 0 while none is shown, None if unknown."""

    currency: str = ""
    rate: float | None = 0.0


NO_FIAT = FiatPrice()

"""Say how the exchange is set up: who may trade, with what, at which fees, in how deep a market."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

KEY = "test-key"
SECRET = "test-secret"
RECEIVED, QUOTE, BASE, BNB = "received", "quote", "base", "BNB"


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what a test or the command line may choose. All keys belong to the one account."""

    keys: Mapping[str, str] = msgspec.field(default_factory=lambda: {KEY: SECRET})
    """API keys with their secrets."""
    balance: Mapping[str, Decimal] = msgspec.field(default_factory=lambda: {"USDT": Decimal(10_000)})
    """What the account has when the exchange opens."""
    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    """Fees as ratios of an order's cost."""
    commission: str = RECEIVED
    """What fees are paid in: `received` (Binance's usual way), `quote`, `base`, or `BNB` at three quarters of
    the fee. Where the account lacks that currency, what the trade brought in pays."""
    liquidity: float = 1.0
    """How much is offered at each price, as a share of the simulated market's book."""
    most_pieces: int = 1
    """In how many trades an order may fill. With more than one, resting orders are partially filled."""
    answer: str = ""
    """How new orders are answered whatever is asked for: ACK, RESULT or FULL; empty: as asked for."""
    lag_ms: int = 0
    """How far behind questions for orders are: they are told as they stood then."""
    trades_lag_ms: int = 0
    """How far behind the list of trades is."""
    late_fills_ms: tuple[int, int] | None = None
    """Between how many ms and how many after it happened a fill of a resting order is told; None: at once.
    An order that was cancelled meanwhile is told as cancelled with less, or nothing, filled."""
    late_share: float = 1.0
    """Of how many orders the fills are told late, as a ratio up to 1."""
    late_balances: bool = False
    """Whether balances, too, are told without the fills that are not told yet."""
    latency_ms: float = 0.0
    """How long every answer takes besides."""
    seed: int = 1
    """What sizes of pieces are drawn from."""
    weight_limit: int = 6000
    """Request weight a minute."""
    orders_in_10s: int = 100
    orders_in_day: int = 200_000
    """Orders that may be placed and not filled within ten seconds, and a day."""

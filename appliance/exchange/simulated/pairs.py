"""List what the simulated market trades, and derive each pair's precision and limits from its price."""

import math
from collections.abc import Iterator

import msgspec

from appliance.domain.enums import PrecisionMode, TradingMode
from appliance.domain.market import Market

QUOTE = "USDT"
_CROSS_BASES = ("ETH", "BNB", "SOL", "XRP", "LTC")
_LEAST_COST = {QUOTE: 5.0, "BTC": 0.0001}

# Base: price in USDT around which it moves, USDT traded on an ordinary day, share of the whole market's
# moves that it follows, strength of its own moves.
_ASSETS: dict[str, tuple[float, float, float, float]] = {
    "BTC": (64_000, 1.6e9, 0.8, 0.35),
    "ETH": (3_100, 9.0e8, 1.0, 0.5),
    "BNB": (580, 2.4e8, 0.8, 0.5),
    "SOL": (148, 3.1e8, 1.2, 0.8),
    "XRP": (0.58, 2.2e8, 0.9, 0.7),
    "ADA": (0.47, 9.0e7, 1.0, 0.7),
    "DOGE": (0.128, 1.9e8, 1.2, 0.9),
    "TRX": (0.134, 6.0e7, 0.5, 0.4),
    "AVAX": (28.5, 7.5e7, 1.2, 0.8),
    "LINK": (14.2, 7.0e7, 1.1, 0.8),
    "DOT": (6.1, 4.5e7, 1.0, 0.7),
    "LTC": (78.0, 6.5e7, 0.8, 0.6),
    "BCH": (385, 5.0e7, 0.9, 0.7),
    "UNI": (8.1, 4.0e7, 1.1, 0.9),
    "ATOM": (7.2, 2.8e7, 1.0, 0.7),
    "ETC": (24.0, 3.0e7, 1.0, 0.7),
    "XLM": (0.104, 2.2e7, 0.8, 0.6),
    "NEAR": (5.4, 6.0e7, 1.2, 0.9),
    "APT": (7.4, 4.2e7, 1.2, 0.9),
    "FIL": (4.7, 3.3e7, 1.1, 0.8),
    "ARB": (0.82, 4.8e7, 1.2, 0.9),
    "OP": (1.85, 4.4e7, 1.2, 0.9),
    "INJ": (22.0, 3.6e7, 1.3, 1.0),
    "SUI": (1.05, 8.0e7, 1.3, 1.0),
    "SEI": (0.36, 3.4e7, 1.3, 1.0),
    "TIA": (6.3, 3.2e7, 1.3, 1.0),
    "AAVE": (96.0, 2.6e7, 1.1, 0.9),
    "MKR": (2_450, 1.8e7, 0.9, 0.7),
    "ALGO": (0.142, 1.5e7, 1.0, 0.7),
    "VET": (0.0262, 1.4e7, 1.0, 0.7),
    "HBAR": (0.072, 1.6e7, 1.0, 0.8),
    "ICP": (8.6, 2.3e7, 1.1, 0.8),
    "GRT": (0.187, 1.7e7, 1.2, 0.9),
    "SAND": (0.33, 1.5e7, 1.1, 0.8),
    "MANA": (0.34, 1.2e7, 1.1, 0.8),
    "AXS": (5.9, 1.1e7, 1.1, 0.8),
    "CRV": (0.31, 2.1e7, 1.1, 1.0),
    "RUNE": (4.3, 2.4e7, 1.2, 1.0),
    "GALA": (0.0245, 2.0e7, 1.2, 0.9),
    "CHZ": (0.074, 1.5e7, 1.0, 0.8),
    "ENS": (18.5, 1.9e7, 1.1, 1.0),
    "LDO": (1.62, 2.7e7, 1.2, 1.0),
    "IMX": (1.48, 1.6e7, 1.2, 0.9),
    "KAVA": (0.39, 8.0e6, 1.0, 0.8),
    "ZEC": (27.5, 1.3e7, 0.8, 0.8),
    "PEPE": (0.0000118, 1.5e8, 1.4, 1.2),
    "SHIB": (0.0000174, 9.0e7, 1.2, 0.9),
    "APE": (0.92, 1.0e7, 1.2, 0.9),
    "BAT": (0.19, 6.0e6, 0.9, 0.7),
    "COMP": (49.0, 9.0e6, 1.0, 0.8),
    "DYDX": (1.25, 1.6e7, 1.2, 1.0),
    "EGLD": (31.0, 8.0e6, 1.0, 0.8),
    "EOS": (0.56, 1.8e7, 0.9, 0.7),
    "KSM": (21.5, 5.0e6, 1.0, 0.8),
    "QTUM": (2.6, 9.0e6, 0.9, 0.7),
    "SNX": (1.65, 8.0e6, 1.1, 0.9),
    "STX": (1.72, 1.9e7, 1.2, 1.0),
    "THETA": (1.38, 1.1e7, 1.1, 0.8),
    "XTZ": (0.74, 8.0e6, 0.9, 0.7),
    "YFI": (5_350, 7.0e6, 0.9, 0.7),
    "ZIL": (0.0158, 7.0e6, 1.0, 0.8),
    "WIF": (2.15, 9.5e7, 1.4, 1.2),
}


class Asset(msgspec.Struct, frozen=True):
    """State how a currency moves: around which USDT price, USDT volume a day, shares of movement."""

    name: str
    price: float
    day_volume: float
    market_share: float
    own_share: float


class SimulatedPair(msgspec.Struct, frozen=True):
    """Hold one pair's market with what the price path needs of it. Volume is quote currency a day."""

    market: Market
    base: Asset
    quote: Asset | None
    price_decimals: int
    amount_decimals: int

    @property
    def path(self) -> str:
        """The key of the price path, which spot and perpetual market of a pair share."""
        return f"{self.base.name}/{self.quote.name if self.quote else QUOTE}"

    @property
    def price(self) -> float:
        return self.base.price / (self.quote.price if self.quote else 1.0)

    @property
    def day_volume(self) -> float:
        return self.base.day_volume * (0.03 / self.quote.price if self.quote else 1.0)


def assets() -> list[Asset]:
    return [Asset(name, *numbers) for name, numbers in _ASSETS.items()]


def pairs(fee: float, mode: TradingMode = TradingMode.SPOT) -> Iterator[SimulatedPair]:
    """Yield every pair: spot, all assets against USDT and a few against BTC; futures, all against USDT.

    `fee`: ratio of an order's cost.
    """
    known = {asset.name: asset for asset in assets()}
    perpetual = mode is TradingMode.FUTURES
    for asset in known.values():
        yield _pair(asset, None, fee, perpetual=perpetual)
    for name in () if perpetual else _CROSS_BASES:
        yield _pair(known[name], known["BTC"], fee)


def _pair(base: Asset, quote: Asset | None, fee: float, *, perpetual: bool = False) -> SimulatedPair:
    quote_name = quote.name if quote else QUOTE
    price = base.price / (quote.price if quote else 1.0)
    magnitude = math.floor(math.log10(price))
    price_decimals = min(max(4 - magnitude, 2), 8)
    amount_decimals = min(max(math.floor(math.log10(base.price)) + 1, 0), 5)
    step = round(0.1**amount_decimals, amount_decimals)
    market = Market(
        pair=f"{base.name}/{quote_name}" + (f":{quote_name}" if perpetual else ""),
        base=base.name,
        quote=quote_name,
        spot=not perpetual,
        swap=perpetual,
        amount_precision=step,
        price_precision=round(0.1**price_decimals, price_decimals),
        precision_mode=PrecisionMode.TICK_SIZE,
        amount_min=step,
        amount_max=float(10 ** max(9 - magnitude, 4)),
        price_min=round(0.1**price_decimals, price_decimals),
        price_max=1_000_000.0,
        cost_min=_LEAST_COST[quote_name],
        cost_max=None if perpetual else 9_000_000.0,
        contract_size=1.0 if perpetual else None,
        maker=fee,
        taker=fee,
    )
    return SimulatedPair(market, base, quote, price_decimals, amount_decimals)

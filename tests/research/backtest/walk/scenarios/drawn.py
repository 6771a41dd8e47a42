"""Draw walks: candles, signals and settings, for examples that shrink to what matters."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from appliance.research.backtest.realism import Realism
from appliance.research.backtest.series import ODD, PairSeries, Rows
from appliance.research.backtest.walk.setup import FuturesSetup, WalkSetup
from tests.research.backtest.walk import made
from tests.research.backtest.walk.made import Plain

MOVE, UP, DOWN, SIGNAL, PAUSE = range(5)
"""What the bytes of a candle say."""
_BYTES = 5
_MOST = 90
_SIGNALS = (
    (140, ()),
    (180, ("enter_long",)),
    (200, ("exit_long",)),
    (220, ("enter_short",)),
    (240, ("exit_short",)),
    (244, ("enter_long", "exit_long")),
    (248, ("enter_long", "enter_short")),
    (252, ("enter_short", "exit_short", "exit_long")),
    (256, ("enter_long", "exit_short")),
)
"""Up to which byte a candle has which signals: most have none."""
PRICES = ((100.0, 0.01), (40.0, 1.0), (0.3, 0.00001), (0.0002, 0.00001), (60_000.0, 0.1))
"""Prices, and their ticks: from a hundred-thousandth to a twentieth of the price."""


@dataclass(frozen=True)
class Drawn:
    """What a walk is made of; `data` has five bytes for each candle of each pair."""

    data: tuple[bytes, ...]
    first: tuple[int, ...]
    price: float
    tick: float
    per_candle: int
    config: dict[str, Any]
    behaviour: dict[str, Any]
    futures: bool
    stacks: bool
    fee: float
    protections: list[dict[str, Any]]
    realism: dict[str, Any]
    changes_pairs: bool

    def setup(self) -> WalkSetup:
        """Return the setup of a new walk."""
        quote = "USDT:USDT" if self.futures else "USDT"
        pairs = [
            self._series(f"{base}/{quote}", data, first)
            for base, data, first in zip("ABC", self.data, self.first, strict=False)
        ]
        strategy = type("Behaving", (Behaving,), {"behaviour": self.behaviour, "can_short": self.futures})
        return made.walk_setup(
            *pairs,
            strategy=with_callbacks(strategy, self.behaviour),
            fee=self.fee,
            tick=self.tick,
            futures=self.futures and self._funding(pairs),
            protections=self.protections,
            position_stacking=self.stacks,
            realism=Realism(**self.realism),
            pairs_now=ChangingPairs([pair.pair for pair in pairs]) if self.changes_pairs else None,
            markets={pair.pair: made.market(pair.pair, amount_precision=1e-4) for pair in pairs},
            **self.config,
        )

    def _funding(self, pairs: list[PairSeries]) -> FuturesSetup:
        paid = made.funding((10, self.price * 1e-4), (22, -self.price * 2e-4))
        return made.futures_setup(*pairs, paid={pair.pair: paid for pair in pairs})

    @property
    def detail(self) -> str | None:
        return "1m" if self.per_candle > 1 else None

    def _series(self, pair: str, data: bytes, first: int) -> PairSeries:
        """Return a pair's candles; with detail, each of the bytes' candles is one of a minute."""
        moves = np.frombuffer(data[: len(data) // _BYTES * _BYTES], dtype=np.uint8).reshape(-1, _BYTES)
        prices, codes = _candles(moves, self.price, self.tick, whole=self.per_candle)
        count = len(prices) // self.per_candle
        if self.per_candle == 1:
            candles, detail = prices, None
        else:
            blocks = prices[: count * self.per_candle].reshape(count, self.per_candle, 4)
            candles = np.column_stack(
                (blocks[:, 0, 0], blocks[:, :, 1].max(1), blocks[:, :, 2].min(1), blocks[:, -1, 3])
            )
            detail = _without_gaps(blocks, codes, first)
        signals = codes[:: self.per_candle][:count]
        found = made.series(candles.tolist(), pair=pair, begin=first, detail=detail)
        for place, code in enumerate(signals):
            for name in next(names for limit, names in _SIGNALS if code < limit):
                getattr(found, name)[place] = ODD if code % 37 == 0 else 1
        return found


def _candles(moves: np.ndarray, price: float, tick: float, *, whole: int) -> tuple[np.ndarray, np.ndarray]:
    """Return prices on the tick, and the byte of signals for each candle. Some are followed by calm ones."""
    places, codes, last = [], [], round(price / tick)
    for move, up, down, signal, pause in moves.tolist():
        opened = last + (round(last * 0.02 * (up - 128) / 128) if up > 250 else 0)
        close = max(2, opened + round(opened * 0.06 * _cubed(move)))
        high = max(opened, close) + round(opened * 0.05 * (up / 255) ** 4)
        low = max(1, min(opened, close) - round(opened * 0.05 * (down / 255) ** 4))
        places.append((opened, high, low, close))
        codes.append(signal)
        calm = (pause - 245) * 12 if pause > 245 else 0
        places += [(close,) * 4] * (calm * whole)
        codes += [0] * (calm * whole)
        last = close
    decimals = max(0, round(-np.log10(tick)))
    prices = np.round(np.array(places, dtype=float).reshape(-1, 4) * tick, decimals)
    return prices, np.array(codes, dtype=int)


def _cubed(move: int) -> float:
    """Return a share from -1 to 1, most of them small; 0 for the byte 0."""
    signed = move // 2 if move % 2 == 0 else -(move // 2) - 1
    return (signed / 128) ** 3


def _without_gaps(blocks: np.ndarray, codes: np.ndarray, first: int) -> Rows:
    """Return the candles of a minute; where a candle's byte says so, the second half is missing, or all."""
    count, per_candle, _ = blocks.shape
    table = made.rows(blocks.reshape(-1, 4).tolist(), begin=first, timeframe="1m")
    keep = np.ones((count, per_candle), dtype=bool)
    for place, code in enumerate(codes[::per_candle][:count]):
        if code % 19 == 18:
            keep[place, per_candle // 2 if code % 2 else 0 :] = False
    chosen = keep.ravel()
    return table.cut(chosen)


class ChangingPairs:
    """A dynamic pair list: with each candle the next pair comes first, and at times one is missing."""

    def __init__(self, pairs: list[str]) -> None:
        self._pairs, self._candles = pairs, 0

    def __call__(self) -> list[str]:
        self._candles += 1
        first = self._candles % len(self._pairs)
        return (self._pairs[first:] + self._pairs[:first])[: 1 if self._candles % 5 == 0 else None]


class Behaving(Plain):
    """A strategy whose callbacks follow from numbers that are drawn: the same question, the same answer."""

    behaviour: dict[str, Any] = {}  # noqa: RUF012 -- as strategies set it

    def _turn(self, every: int, current_time, pair: str) -> bool:
        minute = int(current_time.timestamp() // 60)
        return (minute + ord(pair[0])) % every == 0


def _leverage(self, pair, current_time, max_leverage, **_):
    return self.behaviour["leverage"]


def _custom_entry_price(self, proposed_rate, side, **_):
    return proposed_rate * (1 + self.behaviour["custom_entry_price"] * (1 if side == "short" else -1))


def _custom_exit_price(self, trade, proposed_rate, **_):
    return proposed_rate * (1 + self.behaviour["custom_exit_price"] * (-1 if trade.is_short else 1))


def _confirm_trade_entry(self, pair, current_time, **_):
    return not self._turn(self.behaviour["confirm_trade_entry"], current_time, pair)


def _confirm_trade_exit(self, pair, current_time, **_):
    return not self._turn(self.behaviour["confirm_trade_exit"], current_time, pair)


def _order_filled(self, pair, trade, order, current_time, **_):
    exits = order.ft_order_side == trade.exit_side
    if exits and self._turn(self.behaviour["order_filled"], current_time, pair):
        self.lock_pair(pair if trade.is_short else "*", current_time + timedelta(hours=1))


def _confirming_by_mood(self, pair, current_time, **_):
    """Change attributes where an entry is to be confirmed."""
    calm = self._turn(self.behaviour["moods"], current_time, pair)
    self.stoploss = -0.02 if calm else -0.06
    self.trailing_stop = calm
    return True


def _custom_exit(self, pair, current_time, **_):
    return "turn" if self._turn(self.behaviour["custom_exit"], current_time, pair) else None


def _adjust_trade_position(self, trade, current_time, min_stake, max_stake, **_):
    if not self._turn(self.behaviour["adjust_trade_position"], current_time, trade.pair):
        return None
    return -trade.stake_amount / 2 if trade.nr_of_successful_entries > 1 else 30


def _bot_loop_start(self, current_time, **_):
    """Change attributes now and then, as strategies do that follow the market."""
    calm = self._turn(self.behaviour["bot_loop_start"], current_time, "A")
    self.stoploss = -0.02 if calm else -0.06
    self.minimal_roi = {0: 0.03} if calm else {0: 0.08, 30: 0.004}
    self.max_open_trades = 1 if calm else 3


_CALLBACKS = {
    "bot_loop_start": _bot_loop_start,
    "leverage": _leverage,
    "custom_entry_price": _custom_entry_price,
    "custom_exit_price": _custom_exit_price,
    "confirm_trade_entry": _confirm_trade_entry,
    "confirm_trade_exit": _confirm_trade_exit,
    "order_filled": _order_filled,
    "custom_exit": _custom_exit,
    "adjust_trade_position": _adjust_trade_position,
}
_MOODS = {"moods": ("confirm_trade_entry", _confirming_by_mood)}


def with_callbacks(strategy: type, behaviour: dict[str, Any]) -> type:
    """Return the strategy with those callbacks that its behaviour names."""
    for name in behaviour:
        callback, function = _MOODS.get(name) or (name, _CALLBACKS[name])
        setattr(strategy, callback, function)
    return strategy


ratios = st.sampled_from([0.0, 0.001, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1])
roi_tables = st.dictionaries(
    st.sampled_from(["0", "3", "5", "7", "10", "25", "60", "300", "900"]),
    st.sampled_from([-1.0, -0.02, 0.0, 0.001, 0.004, 0.01, 0.03, 0.1]),
    max_size=4,
)


@st.composite
def trailing(draw) -> dict[str, Any]:
    """Draw the settings of a trailing stop."""
    positive = draw(st.none() | ratios.filter(bool))
    offset = draw(ratios) if positive is not None else 0.0
    only = positive is not None and offset > positive and draw(st.booleans())
    return {
        "trailing_stop": True,
        "trailing_stop_positive": positive,
        "trailing_stop_positive_offset": offset if positive is None or offset > positive else 0.0,
        "trailing_only_offset_is_reached": only,
    }


@st.composite
def configs(draw) -> dict[str, Any]:
    """Draw the settings of money, entries and exits."""
    return {
        "stoploss": -draw(st.sampled_from([0.002, 0.01, 0.03, 0.1, 0.3, 0.99])),
        "minimal_roi": draw(roi_tables),
        **draw(st.just({}) | trailing()),
        "use_exit_signal": draw(st.sampled_from([True, True, False])),
        "exit_profit_only": draw(st.sampled_from([False, False, True])),
        "exit_profit_offset": draw(st.sampled_from([0.0, 0.005])),
        "ignore_roi_if_entry_signal": draw(st.booleans()),
        "max_open_trades": draw(st.sampled_from([1, 2, 3, -1])),
        "stake_amount": draw(st.sampled_from([100, "unlimited", 600])),
        "ignore_buying_expired_candle_after": draw(st.sampled_from([0, 0, 90])),
        "position_adjustment_enable": draw(st.sampled_from([False, False, False, True])),
    }


behaviours = (
    st.fixed_dictionaries(
        {},
        optional={
            "leverage": st.sampled_from([1.0, 3.0, 15.0, 20.0]),
            "custom_entry_price": st.sampled_from([0.0, 0.002, 0.02, -0.01]),
            "custom_exit_price": st.sampled_from([0.002, 0.02, -0.01]),
            "confirm_trade_entry": st.sampled_from([2, 3]),
            "confirm_trade_exit": st.sampled_from([2, 5, 15]),
            "order_filled": st.sampled_from([2, 5]),
        },
    )
    | st.fixed_dictionaries({"bot_loop_start": st.sampled_from([5, 35])})
    | st.fixed_dictionaries({"moods": st.sampled_from([3, 35])})
    | st.fixed_dictionaries(
        {"custom_exit": st.sampled_from([7, 15]), "adjust_trade_position": st.sampled_from([5, 10])}
    )
)
realism = st.just({}) | st.fixed_dictionaries(
    {},
    optional={
        "slippage": st.sampled_from([0.0005, 0.01]),
        "spread": st.sampled_from([0.0005, 0.01]),
        "volume_cap": st.just(0.1),
        "gaps_through_stops": st.just(True),
    },
)

protections = st.lists(
    st.sampled_from(
        [
            {"method": "CooldownPeriod", "stop_duration_candles": 3},
            {"method": "StoplossGuard", "trade_limit": 1, "stop_duration_candles": 6},
            {"method": "LowProfitPairs", "trade_limit": 1, "required_profit": 0.01, "unlock_at": "01:30"},
        ]
    ),
    max_size=2,
)


def pair_data(least: int, most: int) -> st.SearchStrategy[bytes]:
    """Return bytes of hypothesis, which shrink, or many bytes of numpy, in which a lot happens."""
    many = st.builds(_random_bytes, st.integers(0, 2**32 - 1), st.sampled_from([most // 4, most]))
    return st.binary(min_size=least, max_size=most) | many


def _random_bytes(seed: int, count: int) -> bytes:
    return np.random.default_rng(seed).bytes(count // _BYTES * _BYTES)


@st.composite
def drawn_walks(draw) -> Drawn:
    """Draw everything that a walk depends on."""
    per_candle = draw(st.sampled_from([1, 1, 5]))
    length = _BYTES * _MOST * per_candle
    data = draw(st.lists(pair_data(_BYTES * per_candle, length), min_size=1, max_size=3))
    price, tick = draw(st.sampled_from(PRICES))
    return Drawn(
        data=tuple(data),
        first=tuple(draw(st.sampled_from([0, 0, 7, 31])) for _ in data),
        price=price,
        tick=tick,
        per_candle=per_candle,
        config=draw(configs()),
        behaviour=draw(behaviours),
        futures=draw(st.booleans()),
        stacks=draw(st.sampled_from([False, False, True])),
        fee=draw(st.sampled_from([0.0, 0.001])),
        protections=draw(protections),
        realism=draw(realism),
        changes_pairs=draw(st.sampled_from([False, False, False, True])),
    )

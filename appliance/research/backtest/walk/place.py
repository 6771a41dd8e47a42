"""Say where a walk is: at which candle, at which pair, and which pairs have had a trade in this candle."""

from collections.abc import Callable, Iterator, Mapping

from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.steps import Steps, Timeline


class Place:
    """Follow the walk. `position` is that of the steps being visited; `on_move` gets their time (ms).

    Before the pairs of a candle have their turn, the candle before is the last that is known.
    """

    def __init__(
        self, timeline: Timeline, steps: Mapping[str, Steps], rank: Mapping[str, int], book: TradeList
    ) -> None:
        self.position = 0
        self.on_move: Callable[[int], None] = lambda now_ms: None
        self._timeline = timeline
        self._steps = steps
        self._rank = rank
        self._book = book
        self._candle = 0
        self._pair: str | None = None
        self._held: set[str] = set()
        self._opening: list[str] = []

    def enter(self, position: int) -> Iterator[int]:
        """Move on to a position; yield when each candle since the last one opened (ms)."""
        candle = position // self._timeline.steps_per_candle
        while self._candle < candle:
            self._candle += 1
            self.position = self._candle * self._timeline.steps_per_candle
            opened_ms = self._timeline.opened_ms(self.position)
            self._pair = None
            self._begin()
            self.on_move(opened_ms - self._timeline.candle_ms)
            yield opened_ms
        self.position = position

    def jump(self, position: int) -> None:
        """Move on to a position where nobody wants to hear of the candles in between."""
        candle = position // self._timeline.steps_per_candle
        if candle > self._candle:
            self._candle = candle
            self._pair = None
            self._begin()
        self.position = position

    def _begin(self) -> None:
        held = [trade.pair for trade in self._book.open]
        self._held, self._opening = set(held), held

    def at(self, pair: str, opened_ms: int) -> None:
        """Note which pair is visited, and whether it has an open trade."""
        self._pair = pair
        self.on_move(opened_ms)
        if self._book.by_pair[pair]:
            self._held.add(pair)

    def rests(self, pair: str) -> bool:
        """Return whether a pair is done with this candle: it had a trade in it, and that has closed."""
        return pair in self._held and not self._book.by_pair[pair]

    def rows_seen(self, pair: str) -> int | None:
        """Return how many candles of a pair's series the walk has come to, the present one included.

        Pairs whose turn in this candle is still to come are one behind.
        """
        steps = self._steps.get(pair)
        if steps is None:
            return None
        opened = steps.series.rows.opened
        before = self._timeline.opened_ms(self.position)
        had_turn = self._pair is not None and (
            self.position % self._timeline.steps_per_candle != 0 or self._turn(pair) <= self._turn(self._pair)
        )
        return int(opened.searchsorted(before, side="right" if had_turn else "left"))

    def _turn(self, pair: str) -> tuple[int, int]:
        return (0, self._opening.index(pair)) if pair in self._opening else (1, self._rank[pair])

"""Cache encoded candles: charts request the same ones until the next candle is analysed."""

from typing import TYPE_CHECKING

import msgspec

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.reports.views.candles import newest, pair_history
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.bot.strategy_host.analyst import AnalyzedFrame

MOST_CHARTS = 8
"""Answers cached, of about 200 kB each; the oldest go first."""
MOST_BYTES = 3_000_000
"""Limit of their sizes together: a strategy may have hundreds of columns."""


class CandleCache:
    """Encode candles once per analysis; each time if a strategy annotates them, since these may change."""

    def __init__(self) -> None:
        self._cached: dict[object, tuple[AnalyzedFrame, EncodedAnswer]] = {}

    async def of(
        self, bot: "Bot", pair: str, timeframe: str, limit: int | None, columns: list[str] | None
    ) -> EncodedAnswer:
        """Return the newest `limit` candles of a pair (None: all) as a `PairHistory` is encoded."""
        analyzed = bot.frames.get((pair, timeframe))
        frame, at = (analyzed.frame, analyzed.analyzed_at) if analyzed else (None, None)
        marks = await bot.annotations(pair, newest(frame, limit)) if frame is not None else []
        key = (pair, timeframe, limit, None if columns is None else tuple(columns))
        cached_for, cached = self._cached.get(key, (None, None))
        if cached is not None and cached_for is analyzed and not marks:
            return cached
        strategy = bot.strategy_name

        def encode() -> bytes:
            history = pair_history(
                frame,
                at,
                strategy=strategy,
                pair=pair,
                timeframe=timeframe,
                limit=limit,
                columns=columns,
                marks=marks,
            )
            return msgspec.json.encode(history)

        made = EncodedAnswer(await for_readers(encode))
        if analyzed is not None and not marks:
            self._store(key, analyzed, made)
        return made

    def _store(self, key: object, analyzed: "AnalyzedFrame", body: EncodedAnswer) -> None:
        self._cached.pop(key, None)
        self._cached[key] = (analyzed, body)
        while len(self._cached) > MOST_CHARTS or self._bytes() > MOST_BYTES:
            del self._cached[next(iter(self._cached))]

    def _bytes(self) -> int:
        return sum(len(body.body) for _, body in self._cached.values())

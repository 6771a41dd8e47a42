"""Keep analysed candles as they go out: charts ask for the same ones until the next candle is analysed."""

from typing import TYPE_CHECKING

import msgspec

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.reports.views.candles import newest, pair_history
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.bot.strategy_host.analyst import AnalyzedFrame

MOST_CHARTS = 8
"""How many answers are kept, of about 200 kB each; those kept longest go first."""
MOST_BYTES = 3_000_000
"""What these take at most: a strategy may have hundreds of columns."""


class CandleCache:
    """Answer candles that are encoded once per analysis; with a strategy's marks anew, as they may change."""

    def __init__(self) -> None:
        self._kept: dict[object, tuple[AnalyzedFrame, EncodedAnswer]] = {}

    async def of(
        self, bot: "Bot", pair: str, timeframe: str, limit: int | None, columns: list[str] | None
    ) -> EncodedAnswer:
        """Return the newest `limit` candles of a pair (None: all) as a `PairHistory` is encoded."""
        analyzed = bot.frames.get((pair, timeframe))
        frame, at = (analyzed.frame, analyzed.analyzed_at) if analyzed else (None, None)
        marks = await bot.annotations(pair, newest(frame, limit)) if frame is not None else []
        key = (pair, timeframe, limit, None if columns is None else tuple(columns))
        kept_of, kept = self._kept.get(key, (None, None))
        if kept is not None and kept_of is analyzed and not marks:
            return kept
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
            self._keep(key, analyzed, made)
        return made

    def _keep(self, key: object, analyzed: "AnalyzedFrame", body: EncodedAnswer) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (analyzed, body)
        while len(self._kept) > MOST_CHARTS or self._bytes() > MOST_BYTES:
            del self._kept[next(iter(self._kept))]

    def _bytes(self) -> int:
        return sum(len(body.body) for _, body in self._kept.values())

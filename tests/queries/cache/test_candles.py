"""Candles for charts: encoded once, and again when they were analysed again or the strategy draws on them."""

from appliance.queries.cache import candles
from appliance.queries.cache.candles import MOST_CHARTS, CandleCache


async def test_candles_are_encoded_once_per_analysis(stage):
    await stage.cycle()
    kept = CandleCache()
    asked = (stage.bot, "ETH/USDT", "5m", 10, ["close"])
    first = await kept.of(*asked)
    assert await kept.of(*asked) is first
    assert await kept.of(stage.bot, "ETH/USDT", "5m", 10, None) is not first
    stage.market.wait(minutes=5)
    await stage.cycle(ETH=101.0)
    assert b"101.0" in (await kept.of(*asked)).body


async def test_marks_of_the_strategy_are_requested_each_time(stage, monkeypatch):
    await stage.cycle()
    kept = CandleCache()
    plain = await kept.of(stage.bot, "ETH/USDT", "5m", 10, None)

    async def marks(pair, rows):
        return [
            {"type": "area", "label": "here", "start": rows["date"].iloc[0], "end": rows["date"].iloc[-1]}
        ]

    monkeypatch.setattr(stage.bot, "annotations", marks)
    marked = await kept.of(stage.bot, "ETH/USDT", "5m", 10, None)
    assert b'"here"' in marked.body
    assert await kept.of(stage.bot, "ETH/USDT", "5m", 10, None) is not marked
    monkeypatch.undo()
    assert await kept.of(stage.bot, "ETH/USDT", "5m", 10, None) is plain


async def test_what_is_kept_has_a_limit(stage):
    await stage.cycle()
    kept = CandleCache()
    for limit in range(1, MOST_CHARTS + 5):
        await kept.of(stage.bot, "ETH/USDT", "5m", limit, None)
    await kept.of(stage.bot, "NOPE/USDT", "5m", None, None)
    assert len(kept._cached) == MOST_CHARTS


async def test_what_is_kept_takes_so_many_bytes_at_most(stage, monkeypatch):
    await stage.cycle()
    kept = CandleCache()
    one = len((await kept.of(stage.bot, "ETH/USDT", "5m", 50, None)).body)
    monkeypatch.setattr(candles, "MOST_BYTES", 3 * one)
    for limit in range(51, 56):
        await kept.of(stage.bot, "ETH/USDT", "5m", limit, None)
    assert 0 < kept._bytes() <= 3 * one
    monkeypatch.setattr(candles, "MOST_BYTES", one // 2)
    await kept.of(stage.bot, "ETH/USDT", "5m", 50, None)
    assert not kept._cached, "what is larger than that is not kept at all"

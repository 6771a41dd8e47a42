"""Whatever a strategy makes of one pair's frame is that pair's own trouble, while it is read, too."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.server.bot_slot import BOT_SLOT
from tests.bot.scenarios.strategies.odd_frames import KINDS, Unspeakable, with_cells
from tests.bot.written import strategy
from tests.support.scripted import scene
from tests.support.serving import LOGIN, WS_TOKENS, served

pytestmark = pytest.mark.python_independent

SPOILT = strategy(
    "process_only_new_candles = False",
    entry='dataframe["enter_long"] = 1',
    leave="""
        spoil = getattr(type(self), "spoil", None)
        if spoil is not None and metadata["pair"] == "ETH/USDT":
            return spoil(dataframe)
    """,
)
OTHERS = ["BTC/USDT", "SOL/USDT"]
READ = (
    "/status",
    "/balance",
    "/profit",
    "/whitelist",
    "/plot_config",
    "/show_config",
    "/health",
    "/logs",
    "/strategy/Quiet",
    "/pair_candles?pair=ETH/USDT&timeframe=5m",
    "/pair_candles?pair=ETH/USDT&timeframe=5m&limit=2",
    "/pair_candles?pair=BTC/USDT&timeframe=5m",
)


def spoil(stage, kind) -> None:
    type(stage.bot.strategy).spoil = staticmethod(kind)


async def told_of_frames(api) -> list[dict]:
    """Ask for all frames by websocket."""
    async with api.listen(WS_TOKENS[0]) as socket:
        await socket.send_json({"type": "analyzed_df", "data": {"limit": 5}})
        answers = [await socket.receive_json() for _ in range(3)]
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"
    return answers


async def all_is_well(stage, api, kind: str) -> None:
    for path in READ:
        answer = await api.get(path)
        assert answer.status == 200, (kind, path, answer.body)
    for answer in await told_of_frames(api):
        json.loads(answer["data"]["df"]["__value__"])
    assert await stage.bot.annotations("ETH/USDT", pd.DataFrame({"a": [1]})) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_the_others_trade_and_everything_answers(tmp_path, kind):
    async with scene(tmp_path, code=SPOILT, max_open_trades=3, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        spoil(stage, KINDS[kind])
        for _ in range(2):
            await stage.cycle()
        assert stage.bot.last_cycle_at is not None
        assert {*OTHERS} <= {trade.pair for trade in stage.bot.book.open.values()}
        said = [
            text for text in (message["status"] for message in stage.told("warning")) if "ETH/USDT" in text
        ]
        assert len(said) <= 1, said
        assert stage.told("exception") == []
        await all_is_well(stage, api, kind)
        spoil(stage, lambda frame: frame)
        stage.market.wait(minutes=5)
        await stage.cycle()
        assert stage.bot.frames.get(("ETH/USDT", "5m")) is not None


@pytest.mark.parametrize("kind", ["void", "a list as a signal", "the unspeakable as a signal", "a class"])
async def test_the_pair_itself_has_no_signals_and_that_is_reported_once(tmp_path, kind):
    async with scene(tmp_path, code=SPOILT, max_open_trades=3) as stage:
        spoil(stage, KINDS[kind])
        for _ in range(4):
            await stage.cycle()
        assert sorted(trade.pair for trade in stage.bot.book.open.values()) == OTHERS
        (said,) = [m["status"] for m in stage.told("warning") if "ETH/USDT" in m["status"]]
        assert "quiet.py" in said


async def test_a_trade_of_the_pair_keeps_its_stop(tmp_path):
    async with scene(tmp_path, code=SPOILT) as stage:
        await stage.cycle()
        (trade,) = [trade for trade in stage.bot.book.open.values() if trade.pair == "ETH/USDT"]
        spoil(stage, KINDS["void"])
        await stage.cycle(ETH=60.0)
        assert not trade.is_open


async def test_checks_that_are_off_let_no_frame_stop_the_others(tmp_path):
    for kind in ("no date", "the last date missing", "dates without a zone", "an empty frame", "a number"):
        (folder := tmp_path / kind).mkdir()
        loose = {"disable_dataframe_checks": True, "max_open_trades": 3}
        async with scene(folder, code=SPOILT, **loose) as stage:
            spoil(stage, KINDS[kind])
            await stage.cycle()
            assert {*OTHERS} <= {trade.pair for trade in stage.bot.book.open.values()}, kind
            assert stage.bot.last_cycle_at is not None


async def test_a_frame_that_another_pair_asks_for_is_that_one_s_trouble(tmp_path):
    asks = """
        other, _ = self.dp.get_analyzed_dataframe("ETH/USDT", "5m")
        if metadata["pair"] == "BTC/USDT":
            dataframe["theirs"] = other["odd"].iloc[-1] + 1
    """
    code = SPOILT.replace('dataframe["enter_long"] = 1', f'dataframe["enter_long"] = 1\n{asks}')
    async with scene(tmp_path, code=code, max_open_trades=3) as stage:
        spoil(stage, with_cells("odd", Unspeakable()))
        await stage.cycle()
        assert sorted(trade.pair for trade in stage.bot.book.open.values()) == ["ETH/USDT", "SOL/USDT"]


async def test_the_strategy_of_the_issue_trades_all_but_one_pair(tmp_path):
    code = (Path(__file__).parents[3] / "data" / "bot" / "odd_column.py").read_text()
    prices = {"entry_pricing.price_side": "other", "exit_pricing.price_side": "other"}
    async with scene(tmp_path, strategy="OddColumn", code=code, max_open_trades=3, **prices) as stage:
        for _ in range(3):
            await stage.cycle()
        assert {"ETH/USDT", "SOL/USDT"} <= {trade.pair for trade in stage.bot.book.open.values()}
        assert len([m for m in stage.told("warning") if "BTC/USDT" in m["status"]]) <= 1


# -- frames that are drawn -----------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters()),
    st.text(st.characters(categories=["Cs"]), max_size=3),
    st.binary(max_size=5),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.datetimes(),
    st.dates(),
    st.timedeltas(),
    st.decimals(),
    st.sampled_from([pd.NA, pd.NaT, np.float16(1), np.int8(1), np.void(b"12345678"), np.datetime64("NaT")]),
    st.builds(Unspeakable),
)
NAMES = st.one_of(
    st.sampled_from(
        ["enter_long", "exit_long", "enter_short", "exit_short", "enter_tag", "exit_tag", "date"]
    ),
    st.sampled_from(["open", "high", "low", "close", "volume"]),
    CELLS.filter(
        lambda name: getattr(type(name), "__hash__", None) is not None and not isinstance(name, Unspeakable)
    ),
)


@st.composite
def spoilers(draw):
    """Draw what happens to a frame: some columns of odd cells, perhaps one twice, perhaps another index."""
    columns = draw(st.lists(st.tuples(NAMES, CELLS, st.booleans()), min_size=1, max_size=4))
    twice = draw(st.booleans())
    index = draw(st.sampled_from(["as it is", "zeros", "dates", "text", "levels"]))

    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        for name, value, in_the_last_only in columns:
            cells = np.empty(len(frame), dtype=object)
            cells[:] = [None if in_the_last_only else value] * len(frame)
            cells[-1] = value
            column = pd.Series(cells, index=frame.index, dtype=object)
            frame = frame.drop(columns=[name], errors="ignore")
            frame = pd.concat([frame, *[column.rename(None).to_frame(name)] * (2 if twice else 1)], axis=1)
        if index == "zeros":
            frame.index = np.zeros(len(frame), dtype=int)
        elif index == "dates":
            frame.index = pd.date_range("2026-01-01", periods=len(frame))
        elif index == "text":
            frame.index = ["\ud800"] * len(frame)
        elif index == "levels":
            frame.index = pd.MultiIndex.from_arrays([range(len(frame)), range(len(frame))])
        return frame

    return spoil


async def test_any_frame_that_is_drawn_leaves_the_others_alone(tmp_path):
    async with scene(tmp_path, code=SPOILT, max_open_trades=3, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        drawn = []

        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(spoilers())
        def draw(kind) -> None:
            drawn.append(kind)

        draw()
        for kind in drawn:
            spoil(stage, kind)
            stage.bot._cycle.analyst.frames.clear()
            stage.market.wait(minutes=1)
            await stage.cycle()
            assert all((pair, "5m") in stage.bot.frames for pair in OTHERS)
            assert stage.told("exception") == []
            await all_is_well(stage, api, "drawn")
        assert {*OTHERS} <= {trade.pair for trade in stage.bot.book.open.values()}

"""Candles of signals, as the analysis wants them."""

import pickle

import pandas as pd
import pytest

from appliance.domain.timeframe import to_date
from appliance.research.backtest.outcome import RejectedSignal
from appliance.research.results.analysis.stored_frames import load_frames
from appliance.research.results.signals import SignalFrames


@pytest.fixture
def stored(spot):
    """What freqtrade stored for the same trades."""
    return {
        kind: load_frames(spot.written.file, kind)["Tagged"] for kind in ("signals", "exited", "rejected")
    }


@pytest.fixture
def collected(spot, stored):
    run = spot.runs[0]
    run.outcome.rejected = [
        RejectedSignal(pair, to_date(int(moment)), tag or None)
        for pair, frame in stored["rejected"].items()
        for moment, tag in zip(frame["date"], frame["enter_tag"], strict=True)
    ]
    frames = SignalFrames()
    frames.add(run, spot.market.pairs)
    return frames.frames


def ms(frame):
    return frame["date"].dt.as_unit("ms").astype("int64").tolist() if len(frame.columns) else []


@pytest.mark.parametrize("kind", ["signals", "exited", "rejected"])
def test_the_candles_are_those_that_freqtrade_stores(kind, collected, stored):
    ours = collected[kind]["Tagged"]
    assert list(ours) == list(stored[kind])
    for pair, frame in stored[kind].items():
        assert ms(ours[pair]) == frame["date"].tolist()
        assert ours[pair]["close"].tolist() == frame["close"].tolist()


def test_rejected_signals_have_pair_and_tag_at_their_end(collected, stored):
    frame = next(iter(collected["rejected"]["Tagged"].values()))
    assert list(frame.columns[-2:]) == ["pair", "enter_tag"]
    pair = frame["pair"].iloc[0]
    assert frame["enter_tag"].tolist() == stored["rejected"][pair]["enter_tag"].tolist()


def test_a_pair_without_trades_has_an_empty_frame(spot):
    frames = SignalFrames()
    frames.add(spot.runs[1], spot.market.pairs)
    assert all(frame.empty for frame in frames.frames["signals"]["Idle"].values())
    assert frames.frames["rejected"] == {"Idle": {}}


def test_a_trade_at_the_first_candle_has_no_signal(spot):
    run = spot.runs[0]
    run.outcome.trades[:] = run.outcome.trades[:1]
    run.outcome.trades[0].open_date = run.outcome.first
    frames = SignalFrames()
    frames.add(run, spot.market.pairs)
    assert frames.frames["signals"]["Tagged"][run.outcome.trades[0].pair].empty


def test_without_frames_nothing_is_collected(futures):
    run = type(futures.runs[0])(**{**_fields(futures.runs[0]), "analysed": None})
    frames = SignalFrames()
    frames.add(run, futures.market.pairs)
    assert frames.frames == {"signals": {}, "rejected": {}, "exited": {}}


def test_pandas_reads_the_pickle(collected):
    frames = SignalFrames()
    frames.frames = collected
    read = pickle.loads(frames.content("signals"))
    assert isinstance(read["Tagged"]["BTC/USDT"], pd.DataFrame)


def _fields(run):
    return {name: getattr(run, name) for name in run.__struct_fields__}

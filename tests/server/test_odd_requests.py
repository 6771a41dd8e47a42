"""Requests that nobody would send on purpose: each is answered, and none is taken for a mistake of ours."""

import pytest

ODD = (
    "%ff%fe",
    "%ED%A0%80",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%98%80",
    "'; DROP TABLE trades",
    "x" * 4000,
)


@pytest.mark.parametrize("text", ODD)
async def test_odd_texts_in_the_address(api, text, caplog):
    for path in (
        f"/{text}",
        f"/trade/{text}",
        f"/logs?limit={text}",
        f"/trades?{text}={text}",
        f"/pair_candles?pair={text}&timeframe={text}",
        f"/message/ws?token={text}",
    ):
        answer = await api.get(path)
        assert answer.status in (200, 403, 404, 422), (path, answer)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, -1])
async def test_odd_numbers(api, stage, number, caplog):
    await stage.cycle()
    for answer in (
        await api.get(f"/trade/{number}"),
        await api.get(f"/trades?limit={number}"),
        await api.get(f"/trades?limit=1&offset={number}"),
        await api.get(f"/pair_candles?pair=ETH/USDT&timeframe=5m&limit={number}"),
        await api.get(f"/logs?limit={number}"),
    ):
        assert answer.status in (200, 404, 422), answer
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("trade_id", ["²", "٣", "9" * 5000, "", "all ", "-1", "1e3", "\x00", 2**63 - 1])
async def test_odd_trades_to_exit(api, trade_id, caplog):
    answer = await api.post("/forceexit", {"tradeid": trade_id})
    assert answer.status == 502
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "changed",
    [
        {"pair": ""},
        {"pair": "x" * 10_000},
        {"pair": "ETH/USDT", "price": 0},
        {"pair": "ETH/USDT", "price": -1},
        {"pair": "ETH/USDT", "price": 1e300},
        {"pair": "ETH/USDT", "price": 1e-300},
        {"pair": "ETH/USDT", "stakeamount": 0},
        {"pair": "ETH/USDT", "stakeamount": -5},
        {"pair": "ETH/USDT", "stakeamount": 1e300},
        {"pair": "ETH/USDT", "stakeamount": 1e-9},
        {"pair": "ETH/USDT", "leverage": 0},
        {"pair": "ETH/USDT", "leverage": -3},
        {"pair": "ETH/USDT", "leverage": 1e9},
        {"pair": "ETH/USDT", "entry_tag": "x" * 100_000},
    ],
)
async def test_odd_entries(api, changed, caplog):
    answer = await api.post("/forceenter", changed)
    assert answer.status in (200, 502), answer
    assert "Traceback" not in caplog.text
    assert (await api.get("/status")).status == 200
    assert (await api.get("/balance")).status == 200
    assert (await api.get("/profit")).status == 200

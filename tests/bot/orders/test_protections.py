"""Protections lock pairs in a running bot, from the strategy or the configuration, and say so."""

import pytest

from appliance.domain.errors import ConfigurationError, StrategyError
from appliance.rules.trade_requests import ExitRequest
from tests.support.scripted import QUIET, scene

COOLDOWN = {"method": "CooldownPeriod", "stop_duration_candles": 3}
GUARD = {"method": "StoplossGuard", "trade_limit": 2, "stop_duration": 60}


def protected(code: str) -> str:
    return QUIET + f"\n    @property\n    def protections(self):\n        return {code}\n"


async def lose(stage, pair: str = "ETH/USDT") -> None:
    """Buy at 100, and let the stop sell at 80."""
    base = pair.split("/")[0]
    stage.market.prices[pair] = 100.0
    await stage.enter(pair)
    await stage.cycle(**{base: 80.0})


def locks(stage) -> list[tuple]:
    found = stage.bot.locks.active(stage.market.now)
    return [(lock.pair, lock.side, str(lock.lock_end_time)[11:19]) for lock in found]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"protections": [{"method": "Cooldown"}]}, ("protections[0].method", "CooldownPeriod")),
        ({"protections": [COOLDOWN | {"stop_duration": 5}]}, ("protections[0].stop_duration", "found both")),
        (
            {"code": protected('[{"method": "MaxDrawdown", "trade_limit": "x"}]')},
            ("strategy Quiet", "trade_limit"),
        ),
    ],
)
async def test_wrong_protections_do_not_start(tmp_path, changes, words):
    with pytest.raises(ConfigurationError) as told:
        async with scene(tmp_path, **changes):
            pass
    for word in words:
        assert word in str(told.value)


async def test_protections_that_fail_are_reported_with_their_line(tmp_path):
    with pytest.raises(StrategyError, match=r"Quiet\.protections failed at .*quiet\.py:\d+"):
        async with scene(tmp_path, code=protected("1 / 0")):
            pass


async def test_wrong_protections_do_not_replace_those_that_run(tmp_path):
    async with scene(tmp_path, code=protected(f"[{COOLDOWN}]")) as stage:
        (tmp_path / "strategies" / "quiet.py").write_text(protected('[{"method": "Cooldown"}]'))
        stage.bot.request_reload()
        await stage.cycle()
        assert any("protections[0].method" in message["status"] for message in stage.told("warning"))
        await lose(stage)
        assert ("ETH/USDT", "*", "12:20:00") in locks(stage)


async def test_an_exit_locks_the_pair_and_reports_it(tmp_path):
    async with scene(tmp_path, code=protected(f"[{COOLDOWN}]")) as stage:
        await lose(stage)
        assert locks(stage) == [("ETH/USDT", "long", "12:05:00"), ("ETH/USDT", "*", "12:20:00")]
        (message,) = stage.told("protection_trigger")
        assert stage.told("protection_trigger_global") == []
        assert (
            message.items()
            >= {
                "pair": "ETH/USDT",
                "base_currency": "ETH",
                "side": "*",
                "active": True,
                "reason": "Cooldown period for 3 candles",
                "lock_time": "2026-01-05 12:00:35",
                "lock_end_time": "2026-01-05 12:20:00",
                "lock_end_timestamp": 1767615600000,
            }.items()
        )
        kept = await stage.bot._shared.books.store.locks(stage.market.now)
        assert message["id"] in [lock.id for lock in kept]


async def test_a_partial_exit_locks_nothing(tmp_path):
    async with scene(tmp_path, code=protected(f"[{COOLDOWN}]")) as stage:
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id), amount=0.4, order_type="market"))
        assert locks(stage) == []


async def test_too_many_stops_lock_everything(tmp_path):
    async with scene(tmp_path, code=protected(f"[{GUARD}]")) as stage:
        await lose(stage)
        assert stage.told("protection_trigger_global") == []
        await lose(stage, "BTC/USDT")
        (message,) = stage.told("protection_trigger_global")
        assert (message["pair"], message["base_currency"]) == ("*", "")
        assert ("*", "*", "13:05:00") in locks(stage)
        assert stage.bot.locks.holding("SOL/USDT", "long", stage.market.now) is not None


async def test_a_lock_that_holds_already_is_not_set_again(tmp_path):
    shorter = COOLDOWN | {"stop_duration_candles": 1}
    async with scene(tmp_path, protections=[COOLDOWN, shorter]) as stage:
        await lose(stage)
        assert [lock[2] for lock in locks(stage)] == ["12:05:00", "12:20:00"]
        assert len(stage.told("protection_trigger")) == 1


async def test_the_strategy_comes_before_the_configuration(tmp_path):
    async with scene(tmp_path, protections=[GUARD], code=protected(f"[{COOLDOWN}]")) as stage:
        protections = stage.bot._cycle.orders.updates.post_fill.protections
        assert [one.name for one in protections.active] == ["CooldownPeriod"]


async def test_what_bot_start_sets_can_decide_the_protections(tmp_path):
    code = protected("[] if not getattr(self, 'begun', False) else [{'method': 'CooldownPeriod'}]")
    code += "\n    def bot_start(self, **kwargs):\n        self.begun = True\n"
    async with scene(tmp_path, code=code) as stage:
        protections = stage.bot._cycle.orders.updates.post_fill.protections
        assert [one.name for one in protections.active] == ["CooldownPeriod"]

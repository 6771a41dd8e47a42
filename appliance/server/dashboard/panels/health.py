"""Show whether the bot does its work: its cycles, its exchange, its database; and what to do if not."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from appliance.bot.health import SILENCE_SECONDS, Health, health_of
from appliance.domain.decisions.kinds import Kind
from appliance.reports.number_format import duration

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

ON_TIME_SECONDS = 30.0
"""A cycle takes seconds; one that is later than this (or ten times its pace) is shown as late."""
ANSWERS_SECONDS = 30.0
NAMED = 3
"""Pairs whose analysis fails that are named; of more, the number is told."""

Kinds = Literal["good", "warn", "bad"]


class Sign(Struct, frozen=True):
    """Show one sign of life in a word or two."""

    name: str
    kind: Kinds
    word: str


class Trouble(Struct, frozen=True):
    """State what is wrong, and what that means or what to do."""

    text: str
    advice: str


class HealthView(Struct, frozen=True, kw_only=True):
    """Hold the signs, and what needs a person. `last_cycle` is None before the first has finished."""

    signs: list[Sign]
    troubles: list[Trouble]
    last_cycle: datetime | None


def health_view(bot: "Bot") -> HealthView:
    """Gather it. Ages are told coarsely, so that the page does not change every second."""
    health = health_of(bot)
    pace = max(ON_TIME_SECONDS, 10 * bot.settings.internals.process_throttle_secs)
    return HealthView(
        signs=[_cycles(health, pace, bot.last_cycle_at), _exchange(health), _database(health)],
        troubles=[*_troubles(health, bot.settings.exchange.name), *_strategy(failing_pairs(bot))],
        last_cycle=bot.last_cycle_at,
    )


def failing_pairs(bot: "Bot") -> list[str]:
    """Return the pairs that are without signals because the strategy's analysis of them failed."""
    timeframe = bot.resolved.timeframe
    return [
        pair for pair in bot.followed_pairs if (pair, timeframe) not in bot.frames and _has_failed(bot, pair)
    ]


def _has_failed(bot: "Bot", pair: str) -> bool:
    newest = bot.decisions.newest_first(pair, 1)
    return any(step.kind is Kind.ANALYSIS_FAILED for record in newest for step in record.steps)


def _cycles(health: Health, pace: float, last: datetime | None) -> Sign:
    if not health.is_alive:
        return Sign("Cycles", "bad", f"none for {duration(health.loop_age)}")
    if health.loop_age > pace:
        return Sign("Cycles", "warn", f"late, last {duration(health.loop_age)} ago")
    return Sign("Cycles", "good" if last else "warn", "on time" if last else "the first is running")


def _exchange(health: Health) -> Sign:
    silent = health.exchange_age
    if silent >= SILENCE_SECONDS:
        return Sign("Exchange", "bad", f"silent for {duration(silent)}")
    return Sign(
        "Exchange", *(("warn", "slow to answer") if silent > ANSWERS_SECONDS else ("good", "answers"))
    )


def _database(health: Health) -> Sign:
    if health.database_lost:
        return Sign("Database", "bad", "lost")
    if health.journal_lag > 0:
        return Sign("Database", "bad", f"not written for {duration(health.journal_lag)}")
    return Sign("Database", "good", "written")


def _troubles(health: Health, exchange: str) -> list[Trouble]:
    found = []
    if not health.is_alive:
        found.append(
            Trouble(
                f"No cycle was finished for {duration(health.loop_age)}.",
                "The strategy or the exchange may be holding it up: the log says where. If it lasts, restart "
                "the bot; trades and orders are kept.",
            )
        )
    if health.exchange_age >= SILENCE_SECONDS:
        found.append(
            Trouble(
                f"{exchange} has not answered for {duration(health.exchange_age)}.",
                "Rates are old, and no order can be sent; stops that are on the exchange still work. "
                "The bot keeps trying. Check the network and the exchange's status page.",
            )
        )
    if health.journal_lag > 0:
        found.append(
            Trouble(
                f"The database could not be written for {duration(health.journal_lag)}.",
                "Changes are in memory until it can be. Check the disk and its free space.",
            )
        )
    if health.database_lost:
        found.append(
            Trouble(health.database_lost, "Stop the bot and put the database back before starting it.")
        )
    return found + [Trouble(text, "") for text in health.set_aside]


def _strategy(failing: list[str]) -> list[Trouble]:
    if not failing:
        return []
    named = ", ".join(failing[:NAMED]) + (f" and {len(failing) - NAMED} more" if failing[NAMED:] else "")
    return [
        Trouble(
            f"The strategy fails on {named}: there are no signals.",
            "Stops and ROI of open trades still work. The log has the error; correct the strategy's file and "
            "reload the configuration.",
        )
    ]

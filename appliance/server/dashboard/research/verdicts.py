"""Say in plain words what an analysis found, and what to do about it."""

from typing import Literal

from msgspec import Struct

from appliance.research.lookahead.result import BiasedColumn, LookaheadResult
from appliance.research.replay.comparison import Comparison

Tone = Literal["good", "bad", "warn"]


class Verdict(Struct, frozen=True):
    """Hold a sentence, and what to do now. The sentence says all: `tone` is its colour."""

    tone: Tone
    sentence: str
    advice: str = ""


class NeededView(Struct, frozen=True, kw_only=True):
    """Show how many candles a column needs; `deviation` is None where it has no value at all."""

    column: str
    candles: int | None
    verdict: str
    deviation: float | None


class RecursiveView(Struct, frozen=True, kw_only=True):
    """Show a recursive analysis as its JSON has it: what is not finite is None there."""

    strategy: str
    pair: str
    startup_candles: list[int]
    strategy_scc: int
    results: dict[str, dict[str, float | None]]
    needed: list[NeededView]
    recommended: int | None
    most: int
    lookahead: list[BiasedColumn] = []


def of_lookahead(found: LookaheadResult) -> Verdict:
    """Judge a lookahead analysis."""
    if found.has_bias:
        return Verdict(
            "bad",
            "This strategy knows later candles: its backtests are better than trading can be.",
            "Look at the columns below. Often it is shift(-1), a mean or maximum over all candles, or a "
            "merge with a longer time frame that is not yet complete. Do not trade it before this is gone.",
        )
    if found.has_too_few:
        return Verdict(
            "warn",
            f"There are too few signals to tell: {found.found_signals} of at least {found.minimum_signals}.",
            "Choose a longer range or more pairs, and examine it again.",
        )
    if found.failures:
        return Verdict(
            "warn",
            "No later candle was used where this could be checked, but the strategy failed in "
            f"{found.failures} checks.",
            "It raises an error when it is given fewer candles. Repair that, and examine it again.",
        )
    return Verdict(
        "good",
        f"No later candle was used in {found.total_signals} signals that were checked.",
        "Signals that this range does not have were not checked.",
    )


def of_recursive(found: RecursiveView) -> Verdict:
    """Judge a recursive analysis."""
    own, recommended = found.strategy_scc, found.recommended
    if found.lookahead:
        return Verdict(
            "bad",
            "Some indicators know later candles, so that no number of startup candles makes them right.",
            "Run the lookahead analysis, and remove what it finds first.",
        )
    if recommended is None:
        few = ", ".join(one.column for one in found.needed if one.verdict == "needs more")
        return Verdict(
            "warn",
            f"More than {found.most} startup candles are needed, more than this range can show"
            f"{': ' + few if few else ''}.",
            "Choose a longer range, and examine it again.",
        )
    if own < recommended:
        return Verdict(
            "bad",
            f"Startup candles are too few: the strategy states {own}, its indicators need {recommended}.",
            f"Set startup_candle_count = {recommended} in {found.strategy}. Until then its first signals "
            "live are not those of a backtest.",
        )
    if never := [one.column for one in found.needed if one.verdict == "never settles"]:
        return Verdict(
            "warn",
            f"{own} startup candles are enough, except for what depends on all candles before: "
            f"{', '.join(never)}.",
            "Live, these begin elsewhere than in a backtest: use how they change, not how large they are.",
        )
    return Verdict("good", f"{own} startup candles are enough; {recommended} would be.")


def of_replay(found: Comparison) -> Verdict:
    """Judge a comparison of a bot's past with its backtest."""
    totals = found.totals
    if not totals.live and not totals.tested:
        return Verdict(
            "warn",
            "There is nothing to compare: neither the bot nor its backtest made a trade in this time.",
            "Choose a longer range, or wait until the bot has traded.",
        )
    differ = totals.matched - totals.same + totals.only_live + totals.only_tested
    if not differ:
        return Verdict("good", f"All {totals.same} trades are the same in the bot and in its backtest.")
    what = (
        f"{totals.same} trades are the same in the bot and in its backtest, "
        f"{totals.matched - totals.same} differ, {totals.only_live} only the bot made, "
        f"{totals.only_tested} only the backtest"
    )
    if totals.unexplained:
        return Verdict(
            "bad",
            f"{what}. Of {totals.unexplained} no cause is known.",
            "Look at these below: until they are explained, backtests of this strategy promise too much or "
            "too little.",
        )
    return Verdict(
        "warn", f"{what}. All differences are explained.", "The causes below say what backtests leave out."
    )

"""Compare both sides trade by trade, and add up what the differences cost. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from appliance.domain.trade import Trade
from appliance.research.replay.comparison import CauseTotal, Comparison, Totals
from appliance.research.replay.entries import entry_differences
from appliance.research.replay.exits import exit_differences
from appliance.research.replay.matching import Opening, matched
from appliance.research.replay.only_live import why_not_tested
from appliance.research.replay.only_tested import why_not_entered
from appliance.research.replay.scene import Scene
from appliance.research.replay.terms import MEANINGS, Cause, Compared, Reason, Side, side_of


def compare(scene: Scene, *, strategy: str, stake_currency: str, notes: Sequence[str] = ()) -> Comparison:
    """Return every trade of both sides, by the time of its entry, with the reasons why it differs."""
    live = [one for one in scene.past.trades if _is_within(one, scene)]
    pairs = matched([_opening(one, scene) for one in live], [_opening(one, scene) for one in scene.tested])
    ours, theirs = {place for place, _ in pairs}, {place for _, place in pairs}
    found = [_both(live[place], scene.tested[other], scene) for place, other in pairs]
    found += [
        _compared(one, None, why_not_tested(one, scene), scene)
        for place, one in enumerate(live)
        if place not in ours
    ]
    found += [
        _compared(None, one, why_not_entered(one, scene), scene)
        for place, one in enumerate(scene.tested)
        if place not in theirs
    ]
    found.sort(key=lambda one: (one.at, one.pair))
    return Comparison(
        strategy=strategy,
        timeframe=scene.timeframe,
        stake_currency=stake_currency,
        first=scene.first,
        last=scene.last,
        totals=_totals(found),
        causes=_causes(found),
        trades=found,
        notes=list(notes),
    )


def _is_within(trade: Trade, scene: Scene) -> bool:
    return trade.open_date >= scene.first


def _opening(trade: Trade, scene: Scene) -> Opening:
    return Opening((trade.pair, trade.is_short), scene.number_of(trade.open_date))


def _both(live: Trade, tested: Trade, scene: Scene) -> Compared:
    reasons = [*entry_differences(live, tested, scene), *exit_differences(live, tested, scene)]
    return _compared(live, tested, reasons, scene)


def _compared(live: Trade | None, tested: Trade | None, reasons: list[Reason], scene: Scene) -> Compared:
    either = live or tested
    assert either is not None
    ours = side_of(live) if live is not None else None
    theirs = side_of(tested, is_open=scene.is_cut_off(tested)) if tested is not None else None
    return Compared(
        pair=either.pair,
        direction=either.trade_direction,
        live=ours,
        tested=theirs,
        reasons=reasons,
        profit_difference=_profit(ours) - _profit(theirs),
    )


def _profit(side: Side | None) -> float:
    return (side.profit or 0.0) if side is not None else 0.0


def _totals(found: Sequence[Compared]) -> Totals:
    both = [one for one in found if one.live is not None and one.tested is not None]
    return Totals(
        live=sum(one.live is not None for one in found),
        tested=sum(one.tested is not None for one in found),
        matched=len(both),
        same=sum(one.is_same for one in both),
        only_live=sum(one.tested is None for one in found),
        only_tested=sum(one.live is None for one in found),
        unexplained=sum(one.cause == "unknown" for one in found),
        live_profit=sum(_profit(one.live) for one in found),
        tested_profit=sum(_profit(one.tested) for one in found),
    )


def _causes(found: Sequence[Compared]) -> list[CauseTotal]:
    by_cause: defaultdict[Cause, list[Compared]] = defaultdict(list)
    for one in found:
        if one.cause is not None:
            by_cause[one.cause].append(one)
    totals = [
        CauseTotal(
            cause=cause,
            meaning=MEANINGS[cause],
            trades=len(some),
            profit_difference=sum(one.profit_difference for one in some),
        )
        for cause, some in by_cause.items()
    ]
    return sorted(totals, key=lambda total: (-total.trades, total.cause))

"""Examine a search: everything that its trials themselves can tell about luck."""

import math
from dataclasses import dataclass

import numpy as np

from appliance.research.credibility.record import SearchRecord
from appliance.research.overfitting.cscv import Overfitting, blocks_for, cross_validated
from appliance.research.overfitting.deflated import Deflated, deflated_as_published, deflated_of
from appliance.research.overfitting.independence import different_trials, effective_trials
from appliance.research.overfitting.neighbourhood import Neighbourhood
from appliance.research.overfitting.returns import Floats, Returns
from appliance.research.overfitting.sharpe import shortest_record
from appliance.research.overfitting.splits import chosen_out_of_sample, purged_intervals
from appliance.research.overfitting.trade_order import TradeOrders, trade_orders

FOLDS = 8
EMBARGO = 0.01
"""Pause after a tested part, as a part of the whole: López de Prado (2018), chapter 7."""


@dataclass(frozen=True, eq=False)
class Histories:
    """State what the best parameters made on made-up candles: profits as ratios of the starting balance."""

    profits: Floats

    @property
    def won(self) -> float:
        """The share of histories with a profit."""
        return float((self.profits > 0).mean()) if len(self.profits) else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Unseen:
    """State what the search's choice made in parts of the time that it had not seen; ratios of the balance.

    `made` by interval, `outside` in sum; `inside` is what the best trial made in all. `purged` and
    `embargo` are intervals left out around each tested part.
    """

    made: Floats
    inside: float
    purged: int
    embargo: int

    @property
    def outside(self) -> float:
        return float(self.made.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Examination:
    """Hold what was found. None where there was too little to examine, or it was not asked for.

    `different` counts trials that are not like an earlier one, `independent` is how many independent trials
    would have been as lucky. `enough` is how many intervals it takes until a Sharpe ratio like the best
    one's is above luck with a confidence of 95 %.
    """

    record: SearchRecord
    different: int
    independent: float
    deflated: Deflated
    published: Deflated
    enough: float
    overfitting: Overfitting | None
    unseen: Unseen | None
    orders: TradeOrders
    neighbourhood: Neighbourhood | None = None
    histories: Histories | None = None


def examined(
    record: SearchRecord, neighbourhood: Neighbourhood | None = None, histories: Histories | None = None
) -> Examination:
    """Examine a search. The same record gives the same numbers: what is drawn has fixed seeds."""
    different = different_trials(record.returns)
    independent = min(effective_trials(record.returns), float(record.trials))
    if record.earlier_trials and record.trials:
        # Earlier searches are not known by their returns: they count as if they had been as varied.
        independent *= 1 + record.earlier_trials / record.trials
    deflated = deflated_of(record.returns, record.best, independent)
    return Examination(
        record=record,
        different=len(different),
        independent=independent,
        deflated=deflated,
        published=deflated_as_published(record.returns, record.best),
        enough=shortest_record(deflated.moments, deflated.expected),
        overfitting=_cross_validated(record.returns[different]),
        unseen=_unseen(record, record.returns[different]),
        orders=trade_orders(record.changes, compounding=record.compounding),
        neighbourhood=neighbourhood,
        histories=histories,
    )


def _cross_validated(returns: Returns) -> Overfitting | None:
    blocks = blocks_for(returns.shape[1])
    return cross_validated(returns, blocks) if blocks and len(returns) > 1 else None


def _unseen(record: SearchRecord, returns: Returns) -> Unseen | None:
    """Choose on seven eighths of the time, and look at the rest: eight times."""
    size = record.grid.size
    if len(returns) < 2 or size < 4 * FOLDS:
        return None
    reach = math.ceil(record.longest_trade_ms / record.grid.step_ms)
    purged = min(reach, size // FOLDS)
    embargo = math.ceil(EMBARGO * size)
    made = chosen_out_of_sample(returns, purged_intervals(size, FOLDS, purged, embargo))
    inside = float(np.asarray(record.returns[record.best], np.float64).sum())
    return Unseen(made=made, inside=inside, purged=purged, embargo=embargo)

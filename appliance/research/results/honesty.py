"""Tell what makes a result too good to be true."""

from collections.abc import Mapping

from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import PairSeries
from appliance.research.results.doubts.candles import closes_in_doubt, fills_at_wicks
from appliance.research.results.doubts.fills import Fills, fills_by_pair
from appliance.research.results.doubts.gaps import entries_before_gaps
from appliance.research.results.doubts.listings import late_listings


def warnings_about(outcome: Outcome, series: Mapping[str, PairSeries]) -> list[str]:
    """Return one sentence for each thing that makes a result better than trading would."""
    if not outcome.trades:
        return []
    fills = fills_by_pair(outcome.trades)
    known = {pair: (fills[pair], series[pair]) for pair in fills if pair in series and len(series[pair])}
    found = (
        own_candle(outcome),
        roi_and_stop(outcome, known),
        wicks(known),
        gaps(outcome, known),
        listed_late(outcome, series),
        no_fees(outcome),
        exits_beyond_volume(outcome),
    )
    return [sentence for sentence in found if sentence]


Known = Mapping[str, tuple[Fills, PairSeries]]


def own_candle(outcome: Outcome) -> str:
    """Tell of trades that won in the candle in which they were entered."""
    profits = [
        trade.close_profit_abs or 0.0 for trade in outcome.trades if trade.close_date == trade.open_date
    ]
    won = [profit for profit in profits if profit > 0]
    return _told(
        len(won),
        len(outcome.trades),
        f"won within the candle in which they were entered ({sum(won):.8g} in all): in which order its "
        "prices came is not known; --timeframe-detail looks into candles",
    )


def roi_and_stop(outcome: Outcome, known: Known) -> str:
    """Tell of trades that took profit in a candle that reached their stop, too."""
    count = sum(closes_in_doubt(fills, series) for fills, series in known.values())
    return _told(
        count,
        len(outcome.trades),
        "took their profit in a candle that reached their stop as well, or left at a stop that the same "
        "candle had moved: prices are taken to have come in the better order",
    )


def wicks(known: Known) -> str:
    """Tell of orders that filled at the tip of a candle."""
    count = sum(fills_at_wicks(fills, series) for fills, series in known.values())
    return _told(
        count,
        sum(len(fills) for fills, _ in known.values()),
        "filled at the tip of a candle's wick: the price was hardly reached, others stand in line there",
        what="orders",
    )


def gaps(outcome: Outcome, known: Known) -> str:
    """Tell of trades that were entered just before a gap in their favour."""
    count = sum(entries_before_gaps(fills, series) for fills, series in known.values())
    return _told(
        count,
        len(outcome.trades),
        "were entered in the last candle before a gap in their favour, or before candles that are missing",
    )


def listed_late(outcome: Outcome, series: Mapping[str, PairSeries]) -> str:
    """Tell of pairs that were listed while the test ran."""
    late = late_listings(outcome, series)
    shown = ", ".join(f"{pair} {first:%Y-%m-%d}" for pair, first in late[:3])
    more = ", …" if len(late) > 3 else ""
    return _told(
        len(late),
        len(series),
        f"have no candles at the start ({shown}{more}): when the test began, nobody could choose them",
        what="pairs",
    )


def no_fees(outcome: Outcome) -> str:
    """Tell that no fees were charged."""
    if any(trade.fee_open or trade.fee_close for trade in outcome.trades):
        return ""
    return "No fees were charged: state the exchange's with --fee, e.g. 0.001"


def exits_beyond_volume(outcome: Outcome) -> str:
    """Tell of exits that a volume cap does not keep: they have to end."""
    cap = outcome.realism.volume_cap
    exits = sum(len(trade.select_filled_orders(trade.exit_side)) for trade in outcome.trades)
    return _told(
        outcome.counters.exits_beyond_volume,
        exits,
        f"took more than {(cap or 0) * 100:.6g} % of their candle's volume, and were filled all the same",
        what="exits",
    )


def _told(count: int, of: int, what_they_did: str, *, what: str = "trades") -> str:
    if not count:
        return ""
    return f"{count} of {of} {what} ({count / of:.1%}) {what_they_did}"

"""What the strategies of this folder know, and should be found out about."""

from typing import NamedTuple


class Leak(NamedTuple):
    """State which columns know later candles beside those of signals, and whether signals follow from them.

    `ahead` is how many candles ahead the analysis can prove, `asked` how many signals have to be checked.
    """

    columns: tuple[str, ...] = ()
    entries: bool = False
    exits: bool = False
    ahead: int = 1
    asked: int = 12


EXPECTED = {
    "NextClose": Leak(("next",), entries=True),
    "NextCloseInSignal": Leak(entries=True),
    "Suppressed": Leak(entries=True, asked=60),
    "OnlyExit": Leak(exits=True),
    "OnlyOnePair": Leak(("falling",), entries=True),
    "FutureTag": Leak(entries=True),
    "Centered": Leak(("smooth", "falling"), ahead=2, asked=40),
    "LastOfAll": Leak(("to_last",), ahead=100),
    "Normalised": Leak(("scaled",), entries=True, ahead=50),
    "Quantile": Leak(("rank",), ahead=100),
    "Backfilled": Leak(("fallen_to",), ahead=3),
    "Interpolated": Leak(("line",), ahead=3),
    "SmoothedBothWays": Leak(("smooth",), ahead=20),
    "Resampled": Leak(("hour",), ahead=5),
    "MergedTooEarly": Leak(("close_1h",), ahead=5),
    "MergedOneCandleTooEarly": Leak(("close_1h",)),
    "OtherPairAhead": Leak(("btc_next",)),
    "LoopOverRows": Leak(("peak",)),
    "KeptFromStart": Leak(("above_last",), ahead=50),
    "InformativeAhead": Leak(("next_1h",), ahead=12),
    "RareAhead": Leak(entries=True, asked=60),
}
"""What gives the strategies of `leaks.py` away."""

NAMES = (
    *("Plain", "Recursive", "Windows", "Informative", "ResampledLate", "Loops", "Kinds", "Random"),
    "Whitelist",
)
"""The strategies of `clean.py` that every run leaves as they were."""

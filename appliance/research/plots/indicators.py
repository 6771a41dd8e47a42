"""Read what a plot shows beside candles: a strategy's `plot_config`, and names from the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from appliance.domain.errors import StrategyError
from appliance.reports.views.json_values import plain

BOLLINGER = ("bb_lowerband", "bb_upperband")
"""Columns that are drawn as an area wherever a dataframe has both, as in freqtrade."""
_DEFAULT_MAIN, _DEFAULT_OTHER = ("sma", "ema3", "ema5"), ("macd", "macdsignal")


Kind = Literal["line", "bar", "scatter"]


@dataclass(frozen=True)
class Indicator:
    """Name a column, and how it is drawn; no colour leaves it to the page."""

    column: str
    kind: Kind = "line"
    color: str | None = None


@dataclass(frozen=True)
class Area:
    """Fill what lies between two columns."""

    column: str
    other: str
    label: str
    color: str | None = None


@dataclass(frozen=True)
class Pane:
    """Hold what is drawn together. The first pane of a plot has the candles, and no title."""

    title: str
    indicators: tuple[Indicator, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """Hold the panes of a plot; `asked` are columns that a user or the strategy has named."""

    main: Pane
    others: tuple[Pane, ...] = ()
    asked: frozenset[str] = field(default_factory=frozenset)


def drawn(plot_config: Any, main: Sequence[str] = (), other: Sequence[str] = ()) -> Drawn:
    """Return what is drawn: names replace that part of the strategy's `plot_config`.

    Without names and `plot_config`, some usual columns are drawn, if a strategy has them. Raises
    StrategyError for a `plot_config` of another form.
    """
    config = _mapping(plain(plot_config or {}), "plot_config")
    is_default = not (config or main or other)
    if main or not config:
        config = {**config, "main_plot": {name: {} for name in main or _DEFAULT_MAIN}}
    if other or not (plot_config or {}):
        config = {**config, "subplots": {"Other": {name: {} for name in other or _DEFAULT_OTHER}}}
    first = _pane("", config.get("main_plot"), "main_plot")
    subplots = _mapping(config.get("subplots") or {}, "plot_config['subplots']")
    others = tuple(_pane(str(title), value, f"subplots['{title}']") for title, value in subplots.items())
    asked = frozenset() if is_default else frozenset(_columns((first, *others)))
    areas = (*first.areas, Area(*BOLLINGER, "Bollinger Band"))
    left = tuple(one for one in first.indicators if one.column not in BOLLINGER)
    return Drawn(Pane("", left, areas), others, asked - {*BOLLINGER})


def drawn_as_given(plot_config: Any) -> Drawn:
    """Return what a chart of a running bot draws: exactly what `plot_config` names, as FreqUI does.

    "scatter" means points here, and a line where freqtrade plots. Without a `plot_config`, some usual columns
    are drawn. Raises StrategyError for one of another form.
    """
    config = _mapping(plain(plot_config or {}), "plot_config")
    if not config.get("main_plot") and not config.get("subplots"):
        return drawn(None)
    first = _pane("", config.get("main_plot"), "main_plot", points=True)
    subplots = _mapping(config.get("subplots") or {}, "plot_config['subplots']")
    others = tuple(
        _pane(str(title), value, f"subplots['{title}']", points=True) for title, value in subplots.items()
    )
    return Drawn(first, others, frozenset(_columns((first, *others))))


def _columns(panes: Sequence[Pane]) -> list[str]:
    named = [one.column for pane in panes for one in pane.indicators]
    return named + [area.other for pane in panes for area in pane.areas]


def _pane(title: str, value: Any, place: str, *, points: bool = False) -> Pane:
    indicators: list[Indicator] = []
    areas: list[Area] = []
    for name, one in _mapping(value or {}, f"plot_config['{place}']").items():
        options = _mapping(one or {}, f"plot_config of {name}")
        indicators.append(Indicator(str(name), _kind(options, points=points), _text(options.get("color"))))
        if other := options.get("fill_to"):
            label = options.get("fill_label") or f"{name} to {other}"
            areas.append(Area(str(name), str(other), str(label), _text(options.get("fill_color"))))
    return Pane(title, tuple(indicators), tuple(areas))


def _kind(options: Mapping[Any, Any], *, points: bool) -> Kind:
    """Return how a column is drawn; `plotly.mode` with markers alone means points wherever it is drawn."""
    named, plotly = options.get("type"), options.get("plotly")
    if named == "bar":
        return "bar"
    has_markers = isinstance(plotly, Mapping) and plotly.get("mode") == "markers"
    return "scatter" if has_markers or (points and named == "scatter") else "line"


def _mapping(value: Any, place: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise StrategyError(f"{place}: expected a dict, found {value!r}"[:200])
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

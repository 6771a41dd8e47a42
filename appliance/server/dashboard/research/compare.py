"""Compare results side by side: curves over each other, figures, and what was tested differently."""

from collections.abc import Callable, Sequence

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import NotFound
from appliance.queries.research import stored_results
from appliance.queries.workbench import Workbench
from appliance.reports.number_format import NOTHING, duration, percent, plain
from appliance.research.results.run_view import Figures, RunView
from appliance.server.dashboard.drawing import WIDTH, Scale, Tick, TimeTick, steps, time_ticks
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import research_page, showing
from appliance.server.dashboard.session import Session

HEIGHT = 240
_FIGURES: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("Profit", lambda f: percent(f.profit_ratio)),
    ("Deepest drawdown", lambda f: NOTHING if f.drawdown is None else percent(-f.drawdown)),
    ("Sharpe ratio", lambda f: plain(f.sharpe)),
    ("Sortino ratio", lambda f: plain(f.sortino)),
    ("Calmar ratio", lambda f: plain(f.calmar)),
    ("Profit factor", lambda f: plain(f.profit_factor)),
    ("Growth a year", lambda f: percent(f.cagr)),
    ("Trades", lambda f: str(f.trades)),
    ("Won", lambda f: f"{f.wins / f.trades:.0%}".replace("%", " %") if f.trades else NOTHING),
    ("Mean duration", lambda f: NOTHING if f.held is None else duration(f.held)),
    ("The market", lambda f: percent(f.market)),
)


class Line(Struct, frozen=True):
    """Name a row, with its text for each run; `differs`: they are not all the same."""

    name: str
    texts: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.texts)) > 1


class Picture(Struct, frozen=True, kw_only=True):
    """Draw growth in percent of each start, a path for each run in its order; empty for one without."""

    height: int
    zero: float
    paths: list[str]
    ticks: list[Tick]
    times: list[TimeTick]


@showing
async def show_comparison(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Compare the runs `?run=FILE:STRATEGY`, in their order. What is gone is left out."""
    asked = list(dict.fromkeys(request.query.getall("run", [])))[: stored_results.MOST_COMPARED]
    runs = [run for one in asked if (run := await _run(request, bench, one)) is not None]
    content = {
        "runs": runs,
        "picture": picture(runs),
        "figures": [Line(name, [form(run.figures) for run in runs]) for name, form in _FIGURES],
        "terms": terms(runs),
        "most": stored_results.MOST_COMPARED,
    }
    return await research_page(
        request, session, "results", "compare", content, heading="Compare", is_live=False
    )


async def _run(request: web.Request, bench: Workbench, named: str) -> RunView | None:
    name, _, strategy = named.partition(":")
    try:
        file = await stored_results.named(bench, name)
    except NotFound:
        return None
    found = (await research_of(request).results.of(bench, [file])).get(file.stem, [])
    return next((run for run in found if run.strategy == strategy and not run.problem), None)


def terms(runs: Sequence[RunView]) -> list[Line]:
    """Return what the runs were tested under, those that differ first."""
    names = dict.fromkeys(name for run in runs for name in run.terms)
    lines = [Line(name, [run.terms.get(name, NOTHING) for run in runs]) for name in names]
    return sorted(lines, key=lambda line: not line.differs)


def picture(runs: Sequence[RunView]) -> Picture | None:
    """Draw the growth of all runs on one scale; None where none has a curve."""
    drawn = [run for run in runs if len(run.times) > 1 and run.worth[0]]
    if not drawn:
        return None
    growth = {id(run): [worth / run.worth[0] * 100 - 100 for worth in run.worth] for run in drawn}
    first, last = min(run.times[0] for run in drawn), max(run.times[-1] for run in drawn)
    scale = Scale.of([0.0, *(value for values in growth.values() for value in values)], HEIGHT)
    span = max(last - first, 1)

    def path(run: RunView) -> str:
        if id(run) not in growth:
            return ""
        return steps([round((time - first) / span * WIDTH, 1) for time in run.times], growth[id(run)], scale)

    return Picture(
        height=HEIGHT,
        zero=scale.y(0.0),
        paths=[path(run) for run in runs],
        ticks=scale.lines(4),
        times=time_ticks(first, last),
    )

"""A search is decided by its plan: seed, spaces, and what comes of epochs."""

import pytest

from appliance.domain.errors import ConfigurationError, StrategyError
from appliance.research.hyperopt.epoch import MAX_LOSS, Epoch, Lost
from appliance.research.hyperopt.evaluation import InThisProcess
from appliance.research.hyperopt.search import search


class Remembered:
    """Keep epochs in memory."""

    def __init__(self, known=None):
        self.known = known or {}
        self.added: list[Epoch] = []

    def add(self, epoch):
        self.added.append(epoch)


def drawn(found):
    return [(epoch.number, epoch.params, epoch.loss) for epoch in found.epochs]


class Losing:
    """Evaluate as usual, but lose some epochs, or interrupt before one."""

    def __init__(self, subject, lost=(), interrupted_at=None):
        self._inner, self._lost, self._at = InThisProcess(subject), lost, interrupted_at

    def run(self, tasks):
        for task in tasks:
            if task[0] == self._at:
                raise KeyboardInterrupt
            yield from (
                [(task[0], Lost("it was killed"))] if task[0] in self._lost else self._inner.run([task])
            )

    def close(self):
        pass


def test_a_strategy_that_fails_ends_the_search_naming_the_epoch_and_its_values(workspace):
    workspace.strategy(entries="1 / (self.buy_every.value < 33)")
    history = Remembered()
    with pytest.raises(StrategyError, match=r"epoch \d+ \(buy_drop=.*buy_every=3.*ZeroDivisionError"):
        search(workspace.plan(epochs=60), history=history)
    assert [epoch.number for epoch in history.added] == list(range(1, len(history.added) + 1))


def test_the_same_seed_draws_the_same_values_and_another_one_others(workspace):
    first = drawn(search(workspace.plan()))
    assert drawn(search(workspace.plan())) == first
    assert drawn(search(workspace.plan(hyperopt_random_state=4))) != first


def test_an_interrupted_search_goes_on_and_ends_as_if_it_had_not_been(workspace):
    whole = drawn(search(workspace.plan(epochs=36)))
    known = {}
    for at in (7, 33):
        history = Remembered(known)
        found = search(
            workspace.plan(epochs=36),
            evaluator=lambda subject, at=at: Losing(subject, interrupted_at=at),
            history=history,
        )
        assert found.ending == "interrupted"
        known = {**known, **{epoch.number: epoch for epoch in history.added}}
    history = Remembered(known)
    assert drawn(search(workspace.plan(epochs=36), history=history)) == whole
    assert history.added[0].number == 33


def test_more_epochs_begin_with_the_same_ones(workspace):
    assert drawn(search(workspace.plan(epochs=40)))[:32] == drawn(search(workspace.plan(epochs=32)))


def test_a_lost_epoch_is_noted_and_stays_lost_where_the_search_goes_on(workspace):
    plan = workspace.plan(epochs=35)
    found = search(plan, evaluator=lambda subject: Losing(subject, lost=(4, 31)))
    assert found.lost == {4: "it was killed", 31: "it was killed"}
    known = {epoch.number: epoch for epoch in found.epochs if epoch.number <= 32}
    again = search(workspace.plan(epochs=35), history=Remembered(known))
    assert drawn(again) == drawn(found)


def test_a_search_does_not_go_on_with_other_values_than_it_had(workspace):
    known = {epoch.number: epoch for epoch in search(workspace.plan(epochs=3)).epochs}
    with pytest.raises(ConfigurationError, match="epoch 1 would have other values"):
        search(workspace.plan(hyperopt_random_state=9), history=Remembered(known))


def test_spaces_with_few_values_are_searched_to_their_end(workspace):
    workspace.strategy(
        attributes="buy_every = IntParameter(9, 12, default=9); sell_every = IntParameter(3, 4, default=3)",
        entries='dataframe.loc[dataframe["clock"] % self.buy_every.value == 0, "enter_long"] = 1',
        exits='dataframe.loc[dataframe["clock"] % self.sell_every.value == 0, "exit_long"] = 1',
    )
    found = search(workspace.plan(epochs=100))
    assert len(found.epochs) == 8
    assert found.ending == "the spaces have no more than 8 different values"
    assert found.repeated


def test_a_search_ends_early_if_nothing_gets_better(workspace):
    found = search(workspace.plan(epochs=200, early_stop=6))
    assert len(found.epochs) == found.best.number + 6
    assert found.ending == "no better epoch for 6 epochs"


def test_epochs_with_too_few_trades_are_never_the_best(workspace):
    found = search(workspace.plan(epochs=5, hyperopt_min_trades=10_000))
    assert {epoch.loss for epoch in found.epochs} == {MAX_LOSS}
    assert found.best is None


def test_the_best_has_the_lowest_loss_and_each_better_one_is_marked(workspace):
    found = search(workspace.plan(epochs=30))
    losses = [epoch.loss for epoch in found.epochs]
    assert found.best.loss == min(losses)
    assert [epoch.is_best for epoch in found.epochs] == [
        loss < min([100.0, *losses[:place]]) for place, loss in enumerate(losses)
    ]


def test_returns_add_up_to_the_profit(workspace):
    for epoch in search(workspace.plan(epochs=3)).epochs:
        assert epoch.returns.sum() == pytest.approx(epoch.metrics["profit_total"], abs=1e-6)


def test_parameters_whose_values_indicators_read_are_named(workspace, caplog):
    workspace.strategy(indicators='dataframe["clock"] = self.buy_every.value + dataframe.index')
    workspace.subject()
    assert any(line.startswith("buy_every: populate_indicators reads") for line in caplog.messages)
    caplog.clear()
    workspace.subject(analyze_per_epoch=True)
    assert not any("populate_indicators" in line for line in caplog.messages)


def test_indicators_are_made_anew_in_each_epoch_where_that_is_asked_for(workspace):
    workspace.strategy(
        indicators='dataframe["clock"] = range(len(dataframe)); dataframe["clock"] *= self.buy_every.value',
        entries='dataframe.loc[dataframe["clock"] % 35 == 0, "enter_long"] = 1',
    )
    values = [{"buy_every": every, "buy_drop": 0.0, "sell_every": 2, "sell_on": "open"} for every in (6, 7)]
    for per_epoch, same in ((False, True), (True, False)):
        subject = workspace.subject(analyze_per_epoch=per_epoch)
        trades = [subject.evaluate(params).metrics["total_trades"] for params in values]
        assert (trades[0] == trades[1]) == same


class Noted:
    """Note what progress is told."""

    def __init__(self):
        self.titles, self.done = [], []

    def begin(self, title, total):
        self.titles.append(title)

    def advance(self, done):
        self.done.append(done)


def test_progress_tells_epochs_and_the_best_loss_so_far(workspace):
    noted = Noted()
    found = search(workspace.plan(epochs=6), progress=noted)
    assert noted.titles[-1] == f"Searching, best so far {found.best.loss:.5g}"
    assert noted.done[-6:] == [1, 2, 3, 4, 5, 6]

import asyncio
import json

import numpy as np
import pytest

from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.hyperopt.results.files import LAST, terms_file
from appliance.research.hyperopt.results.history import (
    EpochFile,
    check_terms,
    stored_epochs,
    stored_terms,
)
from appliance.research.hyperopt.results.record import line_of
from appliance.research.hyperopt.search import search

TERMS = {"random_state": 3, "spaces": ["buy"], "fee": None}


@pytest.fixture
def epochs(workspace):
    """Epochs as they come from an evaluation."""
    subject = workspace.subject()
    found = []
    for number, every in enumerate((7, 9, 12), start=1):
        epoch = subject.evaluate({"buy_drop": 0.0, "buy_every": every, "sell_every": 5, "sell_on": "open"})
        epoch.number = number
        found.append(epoch)
    return found


@pytest.mark.parametrize("changed", [{"random_state": 4}, {"spaces": ["sell"]}, {"fee": 0.1}])
def test_a_search_does_not_go_on_with_other_terms(changed):
    with pytest.raises(ConfigurationError, match=next(iter(changed))):
        check_terms(TERMS, TERMS | changed)


def test_only_own_searches_can_be_continued(stored):
    with pytest.raises(DataError, match="only searches of this program"):
        stored_terms(stored)


def test_two_searches_do_not_write_into_one_file(tmp_path, epochs):
    file = tmp_path / "one.fthypt"
    first, second = EpochFile(file, TERMS, {}), EpochFile(file, TERMS, {})
    first.add(epochs[0])
    with pytest.raises(DataError, match="another search is writing"):
        second.add(epochs[1])
    first.close()


def test_epochs_are_stored_with_their_terms_and_read_again(tmp_path, epochs):
    history = EpochFile(tmp_path / "mine.fthypt", TERMS, {})
    for epoch in epochs:
        history.add(epoch)
    history.close()
    assert stored_terms(history.path) == TERMS
    assert json.loads((tmp_path / LAST).read_text()) == {"latest_hyperopt": "mine.fthypt"}
    again = stored_epochs(history.path)
    assert list(again) == [1, 2, 3]
    for epoch in epochs:
        assert again[epoch.number].params == epoch.params
        assert again[epoch.number].loss == epoch.loss
        assert again[epoch.number].metrics == epoch.metrics
        np.testing.assert_array_equal(again[epoch.number].returns, epoch.returns)


def test_a_half_written_epoch_is_cut_off(tmp_path, epochs):
    history = EpochFile(tmp_path / "mine.fthypt", TERMS, {})
    history.add(epochs[0])
    history.close()
    whole = history.path.read_bytes()
    history.path.write_bytes(whole + line_of(epochs[1])[:-40])
    assert list(stored_epochs(history.path)) == [1]
    assert history.path.read_bytes() == whole


async def test_a_full_disk_ends_the_search_and_what_was_written_stays_whole(small_disk, epochs):
    history = EpochFile(small_disk / "mine.fthypt", TERMS, {})
    epoch = epochs[0]

    def fill_up():
        for number in range(1, 10_000):
            epoch.number = number
            history.add(epoch)

    with pytest.raises(DataError, match=r"No space left on device.*epoch \d+ is lost; free some space"):
        await asyncio.to_thread(fill_up)
    history.close()
    assert list(await asyncio.to_thread(stored_epochs, history.path)) == list(range(1, epoch.number))
    assert terms_file(history.path).exists()


def test_what_the_file_passes_on_are_the_epochs_of_the_search(workspace, tmp_path):
    seen = []
    history = EpochFile(tmp_path / "mine.fthypt", TERMS, {}, seen.append)
    found = search(workspace.plan(epochs=3), history=history)
    history.close()
    assert seen == found.epochs
    assert len(history.path.read_text().splitlines()) == 3

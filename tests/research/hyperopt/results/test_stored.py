import pytest

from appliance.domain.errors import DataError
from appliance.research.hyperopt.results.stored import epoch_at, epochs_of, light


@pytest.mark.parametrize("line", ["no json\n", "[]\n", '{"loss": 1.0}\n'])
def test_a_line_that_is_no_epoch_is_named(stored, line):
    with stored.open("a") as file:
        file.write(line)
    with pytest.raises(DataError, match="line 4 is not an epoch"):
        list(epochs_of(stored))


def test_a_line_that_was_not_written_to_its_end_is_left_out(stored):
    with stored.open("a") as file:
        file.write('{"loss": 1.0, "curr')
    assert [epoch["current_epoch"] for epoch in epochs_of(stored)] == [1, 2, 3]


def test_numbers_that_json_does_not_know_are_read(stored):
    text = stored.read_text()
    stored.write_text(text.replace('{"loss":', '{"loss":NaN,"other":', 1))
    loss = next(epochs_of(stored))["loss"]
    assert loss != loss


def test_light_epochs_have_no_trades(stored):
    epoch = next(epochs_of(stored))
    assert epoch["results_metrics"]["trades"]
    assert "trades" not in light(epoch)["results_metrics"]


def test_an_epoch_is_found_by_its_number(stored):
    assert epoch_at(stored, 2)["current_epoch"] == 2
    with pytest.raises(DataError, match="no epoch 9"):
        epoch_at(stored, 9)

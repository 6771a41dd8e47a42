import csv
import json

import pytest

from appliance.domain.errors import DataError
from appliance.research.hyperopt.results.export import export_params, write_csv
from appliance.research.hyperopt.results.stored import epochs_of, light


def test_parameters_are_exported_where_the_strategy_reads_them(workspace):
    source = workspace.folder / "strategies" / "mine.py"
    searched = {"buy": {"buy_every": 33}, "roi": {"0": 0.2}}
    export_params("Mine", source, searched, {"buy": {"buy_drop": 0.004}, "stoploss": {"stoploss": -0.2}})
    strategy = workspace.plan().candidate.strategy
    assert (strategy.buy_every.value, strategy.buy_drop.value) == (33, 0.004)
    assert (strategy.stoploss, strategy.minimal_roi) == (-0.2, {0: 0.2})
    content = json.loads(source.with_suffix(".json").read_text())
    assert (content["strategy_name"], content["ft_stratparam_v"]) == ("Mine", 1)


def test_a_csv_file_is_not_overwritten(stored, tmp_path):
    file = tmp_path / "epochs.csv"
    file.write_text("mine")
    with pytest.raises(DataError, match="exists: remove it"):
        write_csv(file, list(epochs_of(stored)))


def test_epochs_are_written_as_csv_with_their_values(stored, tmp_path):
    epochs = [light(epoch) for epoch in epochs_of(stored)]
    write_csv(tmp_path / "epochs.csv", epochs)
    rows = list(csv.DictReader((tmp_path / "epochs.csv").open()))
    assert [row["Epoch"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["buy_step"] == str(epochs[0]["params_dict"]["buy_step"])
    assert rows[0]["Objective"] == f"{epochs[0]['loss']:,.5f}"

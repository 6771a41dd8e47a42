"""`list-hyperoptloss` lists the loss functions that `hyperopt` takes, and those of the user."""

from pathlib import Path
from typing import Any

import pytest

from appliance.research.hyperopt.losses.registry import LOSSES

pytestmark = pytest.mark.python_independent

OWN = """
from freqtrade.optimize.hyperopt import IHyperOptLoss

class MyLoss(IHyperOptLoss):
    @staticmethod
    def hyperopt_loss_function(**kwargs):
        return 1.0
"""


def test_the_losses_of_this_program_are_listed_by_name(appliance: Any) -> None:
    assert appliance("list-hyperoptloss", "-1").out.split() == sorted(LOSSES)


def test_own_losses_are_listed_with_their_file_and_why_some_do_not_load(appliance: Any, folder: Path) -> None:
    (folder / "user_data" / "hyperopts").mkdir(parents=True)
    (folder / "user_data" / "hyperopts" / "mine.py").write_text(OWN)
    (folder / "more").mkdir()
    (folder / "more" / "broken.py").write_text("class Broken(IHyperOptLoss):\n    pass\n")
    rows = [
        line.split("\t")
        for line in appliance("list-hyperoptloss", "--hyperopt-path", "more").out.splitlines()
    ]
    status = {name: (Path(file).name, status) for name, file, status in rows[1:]}
    assert status["MyLoss"] == ("mine.py", "OK")
    assert status["SharpeHyperOptLoss"] == ("built in", "OK")
    assert status[""][0] == "broken.py"
    assert "IHyperOptLoss" in status[""][1]

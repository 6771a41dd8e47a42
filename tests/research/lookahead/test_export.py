"""Verdicts are added to a CSV file in freqtrade's layout."""

import pytest

from appliance.domain.errors import DataError
from appliance.research.lookahead.export import export
from tests.research.lookahead.test_tables import result

HEAD = "filename,strategy,has_bias,total_signals,biased_entry_signals,biased_exit_signals,biased_indicators\n"


def test_a_verdict_replaces_an_earlier_one_and_leaves_others(tmp_path):
    file = tmp_path / "verdicts.csv"
    export(file, [result(), result(strategy="Other", has_bias=True, biased_indicators=("a", "b"))])
    export(file, [result(has_bias=True, total_signals=21)])
    assert file.read_text() == (HEAD + "mine.py,Mine,True,21,0,0,\n" + 'mine.py,Other,True,20,0,0,"a,b"\n')


def test_too_few_signals_are_not_written(tmp_path):
    export(tmp_path / "verdicts.csv", [result(found_signals=3)])
    assert (tmp_path / "verdicts.csv").read_text() == HEAD


@pytest.mark.parametrize(
    ("content", "told"), [(b"a,b\n1,2\n", "expected the columns"), (b"\xff\xfe", "no CSV")]
)
def test_another_file_is_not_overwritten(tmp_path, content, told):
    file = tmp_path / "notes.csv"
    file.write_bytes(content)
    with pytest.raises(DataError, match=told):
        export(file, [result()])
    assert file.read_bytes() == content

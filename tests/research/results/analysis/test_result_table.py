"""A table of an analysis, to print and as CSV."""

from appliance.research.results.analysis.result_table import ResultTable

TABLE = ResultTable("Group 1:", ("reason", "count", "sum"), [("a, b", 2, 1.23456), ("c", 1, float("inf"))])


def test_numbers_have_three_decimals():
    assert TABLE.shown().rows == [["a, b", "2", "1.235"], ["c", "1", "inf"]]


def test_csv_has_all_digits_and_numbers_rows_without_names():
    assert TABLE.csv() == ',reason,count,sum\n0,"a, b",2,1.23456\n1,c,1,inf\n'
    named = ResultTable("Group 0:", TABLE.columns, TABLE.rows, names=1)
    assert named.csv() == 'reason,count,sum\n"a, b",2,1.23456\nc,1,inf\n'


def test_its_file_is_named_after_it():
    assert TABLE.file_name == "group_1.csv"

"""The sources of a strategy: its files, and what their analysis mentions."""


def test_files_beside_it_belong_to_it(analysis, workspace):
    folder = workspace.folder / "strategies"
    (folder / "helper.py").write_text(
        "from deeper import twice\n\n\ndef helped(frame):\n    return twice(frame)\n"
    )
    (folder / "deeper.py").write_text("def twice(frame):\n    return frame['close'] * 2\n")
    (folder / "unused.py").write_text("x = 1\n")
    path = workspace.strategy(indicators="dataframe['x'] = helped(dataframe)")
    path.write_text("from helper import helped\nimport talib.abstract as ta\n" + path.read_text())
    _, sources = analysis()
    assert {name.rpartition("/")[2] for name in sources.texts} == {"mine.py", "helper.py", "deeper.py"}
    assert sources.mention("* 2")
    assert not sources.mention("x = 1")


def test_a_base_class_in_another_file_belongs_to_it(analysis, workspace):
    base = workspace.strategy("Base", indicators="self.dp.get_analyzed_dataframe")
    workspace.strategy()
    mine = workspace.folder / "strategies" / "mine.py"
    mine.write_text("from base import Base\n\n\nclass Mine(Base):\n    pass\n")
    _, sources = analysis()
    assert str(base) in sources.texts
    assert sources.mention("get_analyzed_dataframe")


def test_names_are_those_that_the_analysis_reads(analysis, workspace):
    callback = (
        "def custom_stoploss(self, *args, **kwargs):\n        return self.of_callback\n\n"
        "    def helper(self):\n        return self.config['of_helper'] + self.stoploss"
    )
    workspace.strategy(attributes="minimal_roi = {'0': 1}", more=callback)
    _, sources = analysis()
    assert "of_helper" in sources.mentions.texts
    assert {"stoploss", "config"} <= sources.mentions.attributes
    assert "IStrategy" in sources.mentions.names
    everything = sources.mentions.names | sources.mentions.attributes | sources.mentions.texts
    assert "of_callback" not in everything
    assert "minimal_roi" not in everything

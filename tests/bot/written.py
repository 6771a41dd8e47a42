"""Write strategies for a scene: what is quiet by default, with what a test adds."""

from textwrap import dedent, indent

from tests.support.scripted import QUIET


def strategy(*attributes: str, methods: str = "", entry: str = "", leave: str = "") -> str:
    """Return the code of class Quiet with these attributes and methods; `entry`, `leave` set signals."""
    lines = "".join(f"\n    {line}" for line in attributes)
    code = QUIET.replace('    timeframe = "5m"', f'    timeframe = "5m"{lines}', 1)
    for name, signals in (("entry", entry), ("exit", leave)):
        head = f"def populate_{name}_trend(self, dataframe, metadata):\n"
        code = code.replace(head, head + indent(dedent(signals).strip() + "\n", " " * 8) if signals else head)
    return code + "\n" + indent(dedent(methods), " " * 4)


ALWAYS = 'dataframe["enter_long"] = 1'
NOW_AND_THEN = 'dataframe["enter_long"] = int(getattr(type(self), "wants", 1))'
"""Signals that a test can turn off: `type(stage.bot.strategy).wants = 0`."""

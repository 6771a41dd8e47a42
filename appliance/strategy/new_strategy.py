"""Write new strategies from the templates beside this module."""

import keyword
import re
from pathlib import Path
from typing import Literal, get_args

from appliance.domain.errors import StrategyError

Template = Literal["full", "minimal", "advanced"]
TEMPLATES: tuple[Template, ...] = get_args(Template)
_FOLDER = Path(__file__).with_name("templates")
_NAME = re.compile(r"\bMyStrategy\b")


def strategy_text(name: str, template: Template) -> str:
    """Return the text of a strategy whose class has this name. Raises `StrategyError` for a bad name."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise StrategyError(f'--strategy: expected the name of a class, such as MyStrategy, found "{name}"')
    return _NAME.sub(name, (_FOLDER / f"{template}.py").read_text(encoding="utf-8"))

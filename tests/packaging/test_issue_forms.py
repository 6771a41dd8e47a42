"""The forms for issues are such as GitHub takes, and ask for what is needed to help."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.test_links import ROOT

FOLDER = ROOT / ".github" / "ISSUE_TEMPLATE"
FORMS = sorted(path for path in FOLDER.glob("*.yml") if path.name != "config.yml")
KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def form(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def test_there_are_forms_and_no_blank_issue() -> None:
    assert [path.stem for path in FORMS] == [
        "bug_report",
        "feature_request",
        "strategy_or_config_does_not_run",
    ]
    assert form(FOLDER / "config.yml")["blank_issues_enabled"] is False


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_such_as_github_takes(path: Path) -> None:
    read = form(path)
    assert {"name", "description", "body"} <= set(read) <= {"name", "description", "body", "labels", "title"}
    ids = [part["id"] for part in read["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))
    for part in read["body"]:
        assert part["type"] in KINDS
        assert part["attributes"].get("value" if part["type"] == "markdown" else "label")
        if part["type"] == "dropdown":
            assert all(isinstance(option, str) for option in part["attributes"]["options"])


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_what_is_needed_to_help(path: Path) -> None:
    asked = {part["id"]: part["attributes"] for part in form(path)["body"] if "id" in part}
    assert {"version", "exchange", "config", "log"} <= set(asked)
    assert "appliance version" in asked["version"]["description"]
    assert "appliance show-config" in asked["config"]["description"]
    assert "--show-sensitive" not in path.read_text(encoding="utf-8")

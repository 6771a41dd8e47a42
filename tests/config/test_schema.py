from pathlib import Path

from appliance.config.introspection import find, walk
from appliance.config.schema import json_schema, reference

REFERENCE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_every_setting_is_described() -> None:
    assert [path for path, setting in walk() if not setting.description.endswith(".")] == []


def test_the_reference_is_current() -> None:
    """Otherwise: python -m appliance.config.schema > docs/configuration.md"""
    assert REFERENCE.read_text(encoding="utf-8") == reference()


def test_the_reference_shows_no_default_that_looks_like_a_secret() -> None:
    for path in ("api_server.password", "api_server.jwt_secret_key", "api_server.ws_token"):
        setting = find(tuple(path.split(".")))
        assert setting is not None
        assert setting.default == ""


def test_the_json_schema_has_types_limits_and_descriptions() -> None:
    settings = json_schema()["$defs"]["Settings"]["properties"]
    assert settings["fee"]["anyOf"][0] | {} == {
        "type": "number",
        "minimum": 0,
        "maximum": 0.1,
        "description": "Fee as a ratio, instead of the exchange's fee.",
    }
    assert settings["dry_run"]["default"] is True

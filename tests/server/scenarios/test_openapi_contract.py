"""Our description beside the contract's: nothing of it may be missing."""

import json
from pathlib import Path

import pytest

from appliance.server.openapi.document import document
from appliance.server.routing.routes import API, ROUTES
from tests.server.scenarios.comparing import Comparison, resolved

CONTRACT = json.loads((Path(__file__).parents[2] / "data/server/contract.json").read_text())
OURS = json.loads(json.dumps(document(API, ROUTES)))
COMPARISON = Comparison(OURS, CONTRACT)

OPERATIONS = [(method, path) for path, methods in CONTRACT["paths"].items() for method in methods]

UNPRICED_PROFIT = (
    "profit_closed_fiat",
    *(
        f"profit_all_{figure}"
        for figure in (
            *("coin", "fiat", "ratio", "percent", "ratio_mean"),
            *("percent_mean", "ratio_sum", "percent_sum"),
        )
    ),
)
MEANT = (
    {
        # Nobody has lost yet: JSON has no infinity, and freqtrade too answers null there.
        "get /profit: .profit_factor: null where ['number']",
        "get /profit_all: .all.profit_factor: null where ['number']",
        "get /profit_all: .long.profit_factor: null where ['number']",
        "get /profit_all: .short.profit_factor: null where ['number']",
        # Ours, and there only while an answer of the exchange is missing.
        "get /status: [].unknown_orders is unknown",
        "get /trade/{tradeid}: .unknown_orders is unknown",
        "delete /trades/{tradeid}/open-order: .unknown_orders is unknown",
        "post /trades/{tradeid}/reload: .unknown_orders is unknown",
    }
    | {
        # Ours: how each verdict can be checked, and what to do.
        f"get /{kind}_analysis/{{jobid}}: .result.{name} is unknown"
        for kind, names in {
            "lookahead": (
                *("filename", "found_signals", "checked_candles", "minimum_signals", "columns", "signals"),
                *("unsteady", "memory", "failures", "failure"),
            ),
            "recursive": ("filename", "pair", "needed", "recommended", "most", "lookahead"),
        }.items()
        for name in names
    }
    | {
        # What follows from an unknown price: freqtrade answers null (from NaN), zero, or the entry's.
        f"{place}{name}: null where ['number']"
        for place, names in {
            "get /status: [].": ("current_rate", "total_profit_abs"),
            "get /trade/{tradeid}: .": ("current_rate", "total_profit_abs"),
            "delete /trades/{tradeid}/open-order: .": ("current_rate", "total_profit_abs"),
            "post /trades/{tradeid}/reload: .": ("current_rate", "total_profit_abs"),
            "get /balance: .": (
                *(
                    "currencies[].est_stake",
                    "total",
                    "total_bot",
                    "value",
                    "value_bot",
                    "starting_capital_ratio",
                ),
                *("starting_capital_pct", "starting_capital_fiat", "starting_capital_fiat_ratio"),
                "starting_capital_fiat_pct",
            ),
            "get /daily: .": ("data[].fiat_value",),
            "get /weekly: .": ("data[].fiat_value",),
            "get /monthly: .": ("data[].fiat_value",),
            "get /profit: .": UNPRICED_PROFIT,
            "get /profit_all: .all.": UNPRICED_PROFIT,
            "get /profit_all: .long.": UNPRICED_PROFIT,
            "get /profit_all: .short.": UNPRICED_PROFIT,
        }.items()
        for name in names
    }
)


def theirs(method, path):
    return CONTRACT["paths"][path][method]


def ours(method, path):
    return OURS["paths"].get(path, {}).get(method, {})


def meant(differences, method, path):
    named = [f"{method} {path.removeprefix(API)}: {difference}" for difference in differences]
    return [difference for difference in named if difference not in MEANT]


def test_every_path_and_method_is_there():
    assert [operation for operation in OPERATIONS if not ours(*operation)] == []


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_parameter_is_the_contracts(method, path):
    wanted = {(p["in"], p["name"]): p for p in theirs(method, path).get("parameters", [])}
    found = {(p["in"], p["name"]): p for p in ours(method, path).get("parameters", [])}
    assert found.keys() == wanted.keys()
    for key, parameter in wanted.items():
        assert found[key]["required"] == parameter["required"]
        schema, expected = found[key]["schema"], parameter["schema"]
        assert COMPARISON.request(schema, expected, key[1]) == []
        for word in ("default", "minimum", "maximum"):
            if word in expected:
                assert schema.get(word) == expected[word]
            elif word == "minimum" and expected.get("type") != "integer":
                assert word not in schema


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_body_is_taken(method, path):
    wanted = theirs(method, path).get("requestBody")
    found = ours(method, path).get("requestBody")
    assert (found is None) == (wanted is None)
    if wanted:
        schemas = [body["content"]["application/json"]["schema"] for body in (found, wanted)]
        assert meant(COMPARISON.request(*schemas, ""), method, path) == []


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_the_contracts(method, path):
    for status, wanted in theirs(method, path)["responses"].items():
        found = resolved(OURS, ours(method, path)["responses"][status])
        schemas = [answer["content"]["application/json"]["schema"] for answer in (found, wanted)]
        assert meant(COMPARISON.answer(*schemas, ""), method, path) == []


def test_both_ways_to_come_in_are_described():
    schemes = OURS["components"]["securitySchemes"].values()
    assert {scheme["scheme"] for scheme in schemes} == {"basic", "bearer"}
    open_ones = [operation for operation in OPERATIONS if ours(*operation).get("security") == []]
    assert open_ones == [operation for operation in OPERATIONS if "security" not in theirs(*operation)]

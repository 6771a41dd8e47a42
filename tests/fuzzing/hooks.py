"""Tell schemathesis what is meant.

Numbers, dates, yes and no may come in other forms than described: clients send them so, and freqtrade takes
them. A body that keeps to the description once these forms are allowed is rightly accepted.

A path such as /locks/delete is one of /locks/{lockid} too, whose methods are there and told by Allow.
"""

import json
import os
from typing import Any

import jsonschema_rs
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import AllowHeaderMismatch, UnsupportedMethodResponse

from tests.fuzzing.bots import ROLES
from tests.fuzzing.judging import Answer, Judge

_JUDGE = Judge(json.loads(os.environ["FUZZ_SECRETS"]))
_NUMBER_TEXT = {"type": "string", "pattern": r"^\s*[+-]?[0-9_]*\.?[0-9]*([eE][+-]?[0-9]+)?\s*$"}
_YES_OR_NO = r"(?i)^\s*(0|1|t|f|y|n|on|off|yes|no|true|false)\s*$"
_OTHER_FORMS: dict[str, list[dict[str, Any]]] = {
    "integer": [{"type": "number"}, {"type": "boolean"}, _NUMBER_TEXT],
    "number": [{"type": "boolean"}, _NUMBER_TEXT],
    "boolean": [
        {"enum": [0, 1]},
        {"type": "string", "pattern": _YES_OR_NO},
    ],
    "date-time": [{"type": "number"}, {"type": "string"}],
}


_OF_TWO_RESOURCES = ("/background/clear", "/backtest/history/result", "/locks/delete")


@schemathesis.check
def nothing_that_must_not_be(ctx: Any, response: Any, case: Any) -> None:
    """Find mistakes of ours that look like a refusal, good answers beyond the role, and secrets."""
    request = response.request
    answer = Answer(response.status_code, response.headers, response.content)
    sent = str(request.headers) + request.url + str(request.body)
    found = _JUDGE.faults(ROLES[os.environ["FUZZ_ROLE"]], case.method, case.path, answer, sent.encode())
    assert not found, "; ".join(found)


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Keep a failure, unless what was found is meant."""
    if isinstance(failure, AllowHeaderMismatch | UnsupportedMethodResponse):
        return not case.path.endswith(_OF_TWO_RESOURCES)
    if isinstance(failure, AcceptedNegativeData) and isinstance(case.body, dict | list):
        return not _is_plain(case)
    return True


def _is_plain(case: Any) -> bool:
    """Tell whether a body keeps to the description once the other forms are allowed."""
    document = case.operation.schema.raw_schema
    body = document["paths"][case.path][case.method.lower()]["requestBody"]
    schema = _allowing(body["content"]["application/json"]["schema"])
    return jsonschema_rs.is_valid({**schema, "components": _allowing(document["components"])}, case.body)


def _allowing(value: Any) -> Any:
    """Return a schema that takes the other forms too."""
    if isinstance(value, list):
        return [_allowing(item) for item in value]
    if not isinstance(value, dict):
        return value
    forms = _OTHER_FORMS.get(value.get("format", "")) or _OTHER_FORMS.get(str(value.get("type", "")))
    if forms:
        return {"anyOf": [value, *forms]}
    return {key: _allowing(item) for key, item in value.items()}

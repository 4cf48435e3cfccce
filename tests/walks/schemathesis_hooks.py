"""What `schemathesis` must know of this API: its formats, its error codes, and for what it shall not wait long."""

from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response

from messages.money import EXPONENTS

schemathesis.openapi.format("iso-4217", st.sampled_from(sorted(EXPONENTS)))
schemathesis.openapi.format("position", st.sampled_from(["0", "1-0", "1-1"]))


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """`wait` may be up to 30 s, and that is what the log then takes."""
    wait = str((case.query or {}).get("wait", ""))
    if wait.isascii() and wait.isdigit() and 1 < int(wait) <= 30:
        case.query["wait"] = 1


@schemathesis.check
def code_is_documented(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A problem has one of the codes that the operation names under its status."""
    told = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    problem = told.get("content", {}).get("application/problem+json")
    if problem is not None:
        code = response.json()["code"]
        assert code in problem["examples"], f"{case.operation.label} does not tell of {response.status_code} {code}"

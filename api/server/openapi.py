"""The description of the JSON interface: what follows from each route's rule and parameters is written here, once."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema

from api.access import MAY, ROLE_NAMES, Rule
from api.context import SUBJECTS, Declared
from api.problems import MEDIA_TYPE
from api.routes.responses import MEANINGS
from api.schemas.audits import AUDIT_SCHEMA
from api.schemas.base import ProblemOut
from api.schemas.gradings import SimulationIn
from api.server.openapi_examples import add_examples
from api.store import Role

PREFIX = "/v1"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFERENCE = "#/components/schemas/{model}"
INTRODUCTION = """
Grading of industrial plants by environmental performance, for heavily polluted weather (重污染天气重点行业绩效分级).

**Who asks** is known by `Authorization: Bearer gr_…`: a token, created in the pages under the account. What is out of your
scope looks as if it did not exist (404). Each operation says which roles may use it.

**Errors** are RFC 9457 problem documents. `code` is stable and for programs; `detail` is Chinese and for people; `errors` tells
everything that is wrong at once, each with its `place` (`units[0].groups.outlets[2].nmhc`), a stable `code` and a Chinese
`message`.

**Lists** come in pages, the newest first: give `next` back as `cursor` until it is null.

**Drafts** carry a version as `ETag`; a change says in `If-Match` what it has seen. 412 tells that somebody was faster, and
the attempt is kept as a revision: nothing is lost. `PUT` replaces a content as a whole or not at all; `PATCH` merges
field by field.

**Sending twice**: with an `Idempotency-Key` a request that is repeated acts once and is answered alike.

**Numbers** of audits are exact decimals: `6.20` is read to the last digit. Where answers tell them, they are text.
""".strip()
TAGS = {
    "trials": "Grade an audit that is sent along. Nothing is stored.",
    "rulesets": "The rules, in data and in Chinese prose; who signed them off.",
    "workbooks": "Audit forms as Excel workbooks, out and back in.",
    "enterprises": "Enterprises and the grades that are published of them.",
    "sites and units": "Places of production and the lines that are graded there.",
    "audits": "Audits, their drafts and revisions.",
    "the way of an audit": "Submitted, confirmed, published; returned, withdrawn.",
    "appeals": "An enterprise objects; the bureau answers.",
    "gradings": "Grades with their trace, explanation, gaps, simulation.",
    "reports": "Gap reports as PDF and HTML, one or many.",
    "batches": "Published gradings under another edition: what would change, published as a whole.",
    "editions": "Editions of rulesets completed figure by figure, proposed, reviewed by a second person, signed.",
    "notices": "What you were told to do: each notice once.",
    "campaigns": "Targets of a bureau for its plants, counted from published gradings.",
    "waivers": "Exemptions of units from indicators, granted by documents until a day.",
    "announcements": "Grades made public together, with a publicity period and its objections.",
    "work in bulk": "One step for many enterprises or audits, each checked by itself.",
    "admission": "Whether proposed projects may be admitted, and their grades after completion.",
    "evidence": "Files that prove what an audit says.",
    "people": "Users, assessment teams, assignments.",
    "account": "Your own password and tokens.",
    "log": "Who did what when, hash-chained.",
    "operation": "For monitoring.",
}


def describe(app: FastAPI) -> None:
    """Complete the app's own description with what routes need not say themselves."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app, plain())
        return app.openapi_schema

    app.description = INTRODUCTION
    app.openapi_tags = [{"name": name, "description": text} for name, text in TAGS.items()]
    app.openapi = complete  # type: ignore[method-assign]


def declared(dependant: Dependant) -> Iterator[Declared]:
    """The rules that a route declares."""
    for below in dependant.dependencies:
        if isinstance(below.call, Declared):
            yield below.call
        yield from declared(below)


def _complete(app: FastAPI, document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _, extra = models_json_schema([(ProblemOut, "serialization"), (SimulationIn, "validation")], ref_template=REFERENCE)
    found = extra["$defs"]
    schemas |= {name: found[name] for name in found if name != "ProblemOut"}
    schemas["Problem"] = found["ProblemOut"] | {"title": "Problem"}
    schemas["Audit"] = AUDIT_SCHEMA
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token, as created in the pages."}
    }
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            operation = document["paths"].get(route.path, {}).get(method.lower())
            if operation is not None:
                _complete_operation(str(route.path), list(declared(route.dependant)), operation, method)
    add_examples(document)
    return document


def _complete_operation(path: str, rules: list[Declared], operation: dict[str, Any], method: str) -> None:
    responses = operation["responses"]
    statuses: set[int] = {int(s) for s in responses if int(s) >= 400}
    takes = bool(operation.get("parameters")) or "requestBody" in operation
    if takes:
        statuses.add(422)
    else:
        responses.pop("422", None)
        statuses.discard(422)
    if "requestBody" in operation:
        statuses |= {400, 413}
    if any(f"{{{name}}}" in path for name in SUBJECTS):
        statuses.add(404)
    for declaration in rules:
        if declaration.rule is Rule.PUBLIC:
            continue
        operation["security"] = [{"token": []}]
        statuses |= {401, 503}
        roles = MAY[declaration.rule]
        if len(roles) < len(Role) or method not in ("GET", "HEAD"):
            statuses.add(403)
        roles_text = (
            "everybody who is signed in"
            if len(roles) == len(Role)
            else "、".join(f"`{role.value}` ({ROLE_NAMES[role]})" for role in Role if role in roles)
        )
        operation["description"] = f"{operation.get('description', '')}\n\nFor: {roles_text}.".strip()
        if declaration.costly:
            statuses.add(429)
    for status in sorted(statuses):
        described = responses.get(str(status), {})
        responses[str(status)] = {
            "description": described.get("description") or MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": PROBLEM}},
        }
        if status == 429:
            responses["429"]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}

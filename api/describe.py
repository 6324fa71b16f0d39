"""What the OpenAPI document says beyond FastAPI's own: answers' shapes with an example each, and every refusal.

Answers are msgspec structs, which FastAPI does not know; refusals follow from what an operation takes and asks for.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import FastAPI

from api.examples import EXAMPLES, PROBLEM
from api.schemas import Problem

Responses = dict[int | str, dict[str, Any]]

NOT_CHANGED: Responses = {304: {"description": "Nothing changed since the ETag given in If-None-Match."}}
REFUSALS = {
    400: "The Acting-For header is malformed.",
    401: "No token, or one that is not accepted.",
    403: "The token lacks the scope, or there is no mandate for the enterprise.",
    404: "There is no such thing.",
    408: "The body came too slowly.",
    409: "As many are kept as may be.",
    410: "The list changed since the cursor was given.",
    413: "The body is larger than 8 KB.",
    422: "The request is not as described.",
    428: "The header that confirms it is lacking.",
    429: "Too many requests.",
    503: "The store is away for a moment.",
}
QUOTA = {
    name: {"description": said, "schema": {"type": "string"}, "example": example}
    for name, said, example in (
        ("RateLimit-Policy", "How many requests (q) in how many seconds (w).", '"resident";q=120;w=60'),
        ("RateLimit", "How many are left (r) for how many seconds (t).", '"resident";r=119;t=42'),
    )
}


def answer(struct: type[msgspec.Struct], description: str) -> Responses:
    """The ``responses`` of a route that answers with the struct."""
    schema = {"$ref": f"#/components/schemas/{struct.__name__}"}
    content = {"schema": schema, "example": msgspec.to_builtins(EXAMPLES[struct])}
    return {200: {"description": description, "content": {"application/json": content}}}


def refused(*statuses: int) -> Responses:
    """The ``responses`` of a route that refuses with these, besides those that follow from what it takes."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": REFUSALS[status],
            "content": {"application/problem+json": {"schema": schema, "example": {**PROBLEM, "status": status}}},
        }
        for status in statuses
    }


def describe(app: FastAPI) -> None:
    """Let the app's OpenAPI document say all of this."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        own = document.setdefault("components", {}).setdefault("schemas", {})
        own.update(_components())
        own.pop("HTTPValidationError", None)
        own.pop("ValidationError", None)
        for methods in document["paths"].values():
            for operation in methods.values():
                more = {str(status): said for status, said in refused(*_follow(operation)).items()}
                operation["responses"] = dict(sorted({**operation["responses"], **more}.items()))
                operation["responses"]["200"]["headers"] = QUOTA
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _follow(operation: dict[str, Any]) -> Iterator[int]:
    yield from (429, 503)
    parameters = operation.get("parameters", [])
    if operation.get("security"):
        yield from (401, 403)
    if any(one["name"].lower() == "acting-for" for one in parameters):
        yield 400
    if "requestBody" in operation:
        yield from (408, 413)
    if "requestBody" in operation or "422" in operation["responses"]:
        yield 422


def _components() -> dict[str, Any]:
    """JSON Schemas of all answers by name."""
    _, schemas = msgspec.json.schema_components([*EXAMPLES, Problem], ref_template="#/components/schemas/{name}")
    return schemas

"""The schema as people read it: operations under their headings, each with what goes in and a call to paste."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter of the address, or a field of the body."""

    name: str
    form: str
    note: str
    required: bool


@dataclass(frozen=True, slots=True)
class Described:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    note: str
    scope: str
    parameters: list[Entry]
    fields: list[Entry]
    call: str
    answer: str
    status: str
    conflicts: str


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    operations: list[Described]


def groups(document: Document) -> list[Group]:
    """Return the operations of each tag together, wherever their paths stand; the tags by their first path."""
    found: dict[str, list[Described]] = {}
    for title, each in _operations(document):
        found.setdefault(title, []).append(each)
    return [Group(title.lower().replace(" ", "-"), title, operations) for title, operations in found.items()]


def _operations(document: Document) -> Iterator[tuple[str, Described]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], _described(document, path, method.upper(), operation)


def _described(document: Document, path: str, method: str, operation: Document) -> Described:
    status = next(iter(operation["responses"]))
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    origin = document["servers"][0]["url"]
    scopes = next(iter(operation["security"][0].values()))
    return Described(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        note=_plain(operation).partition("Scope: ")[0].partition("Every admin key")[0].strip(),
        scope=scopes[0] if scopes else "",
        parameters=[_parameter(each) for each in operation.get("parameters", []) if each["in"] == "query"],
        fields=_fields(document, media.get("schema", {})),
        call=_call(origin + path, method, _example(media)),
        answer=_text(_example(operation["responses"][status].get("content", {}).get("application/json", {}))),
        status=status,
        conflicts=operation["responses"].get("409", {}).get("description", ""),
    )


def _parameter(parameter: Document) -> Entry:
    return Entry(parameter["name"], _form(parameter["schema"]), _plain(parameter), parameter.get("required", False))


def _fields(document: Document, schema: Document) -> list[Entry]:
    if "$ref" not in schema:
        return []
    shape = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    required = shape.get("required", [])
    return [
        Entry(name, _form(_resolved(document, field)), _plain(field), name in required)
        for name, field in shape["properties"].items()
    ]


def _plain(described: Document) -> str:
    """Return a description without the marks that tools show as code."""
    return str(described.get("description", "")).replace("`", "")


def _resolved(document: Document, schema: Document) -> Document:
    """Return a schema with what it refers to, such as the values of an enumeration, in its place."""
    for part in [schema, *schema.get("allOf", []), *schema.get("oneOf", [])]:
        if "$ref" in part:
            return {**document["components"]["schemas"][part["$ref"].rpartition("/")[2]], **schema}
    if "items" in schema:
        return {**schema, "items": _resolved(document, schema["items"])}
    return schema


def _form(schema: Document) -> str:
    """Say in a few words what a value looks like."""
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"] if value is not None)
    if "items" in schema:
        return f"list of {_form(schema['items'])}"
    words = {"uuid": "UUID", "date-time": "time"}.get(schema.get("format", ""), schema.get("type", "value"))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{words} from {least} to {most}"
    longest = schema.get("maxLength")
    return f"{words} of up to {longest} characters" if longest else str(words)


def _example(media: Document) -> Any:
    return next((each["value"] for each in media.get("examples", {}).values()), None)


def _text(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)


def _call(url: str, method: str, body: Any) -> str:
    lines = [f'curl {"" if method == "GET" else f"-X {method} "}"{url}"', '-H "Authorization: Bearer $LLAMA_ADMIN_KEY"']
    if method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)

"""The smallest sensible value that fits a JSON schema; `pattern` is not looked at.

Always the same one: the first choice, the lowest number, every required property (all of them where
none is named as required).
"""

from typing import Any

from dev.model.request import Schema

DEEPEST = 24  # a schema may refer to itself
_FORMATS = {
    "date": "2026-01-01",
    "time": "09:00:00Z",
    "date-time": "2026-01-01T09:00:00Z",
    "email": "sample@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


class SchemaError(ValueError):
    """The schema refers to nothing, or to itself without end."""


def build(schema: Schema) -> Any:
    return _build(schema, schema, 0)


def _build(schema: Any, root: Schema, depth: int) -> Any:
    if depth > DEEPEST:
        raise SchemaError("the schema requires values inside themselves without end")
    if not isinstance(schema, dict):
        return "sample"
    schema = _merged(schema, root)
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if schema.get("enum"):
        return schema["enum"][0]
    for choices in ("anyOf", "oneOf"):
        if schema.get(choices):
            return _build({**_without(schema, choices), **schema[choices][0]}, root, depth + 1)
    return _of_type(_type(schema), schema, root, depth)


def _of_type(kind: str, schema: Schema, root: Schema, depth: int) -> Any:
    if kind == "object":
        properties: Schema = schema.get("properties", {})
        wanted = schema.get("required") or properties
        return {name: _build(properties.get(name, {}), root, depth + 1) for name in wanted}
    if kind == "array":
        # One item is more useful to look at than none; zero only where the schema says so.
        size = max(schema.get("minItems", 0), min(1, schema.get("maxItems", 1)))
        return [_build(schema.get("items", {}), root, depth + 1) for _ in range(size)]
    if kind in {"integer", "number"}:
        return _number(kind, schema)
    return {"boolean": True, "null": None}.get(kind, _string(schema))


def _number(kind: str, schema: Schema) -> int | float:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + ("exclusiveMinimum" in schema))
    high = schema.get("maximum", schema.get("exclusiveMaximum", 1) - ("exclusiveMaximum" in schema))
    value = max(low, min(1, high))
    step = schema.get("multipleOf")
    if step:
        value = -(-value // step) * step
    return int(value) if kind == "integer" else value


def _string(schema: Schema) -> str:
    text = _FORMATS.get(schema.get("format", ""), "sample")
    return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]


def _type(schema: Schema) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "array" if "items" in schema else "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    return str(kind)


def _merged(schema: Schema, root: Schema) -> Schema:
    """Return the schema with what it refers to, and all of `allOf`, laid into it."""
    for _ in range(DEEPEST):
        if "$ref" in schema:
            schema = {**_find(schema["$ref"], root), **_without(schema, "$ref")}
        elif "allOf" in schema:
            parts, schema = schema["allOf"], _without(schema, "allOf")
            for part in parts:
                schema = _joined(schema, _merged(part, root))
        else:
            return schema
    raise SchemaError("the schema refers to itself without end")


def _joined(one: Schema, other: Schema) -> Schema:
    properties = {**one.get("properties", {}), **other.get("properties", {})}
    required = [*one.get("required", []), *other.get("required", [])]
    return {**one, **other, **({"properties": properties, "required": required} if properties else {})}


def _find(reference: str, root: Schema) -> Schema:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/") if reference != "#" else []:
        if not isinstance(found, dict) or step not in found:
            raise SchemaError(f"the schema refers to {reference}, which is not in it")
        found = found[step]
    if not isinstance(found, dict):
        raise SchemaError(f"the schema refers to {reference}, which is not a schema")
    return found


def _without(schema: Schema, name: str) -> Schema:
    return {key: value for key, value in schema.items() if key != name}

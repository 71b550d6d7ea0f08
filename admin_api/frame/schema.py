"""The schema: OpenAPI 3.1, made of the operations that the resources name."""

from functools import cache
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from rest_framework import serializers

from admin_api.frame import problems
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource

_Responses = dict[tuple[str, str], Any]
_JSON = "application/json"
_ALWAYS = {
    "400": "Malformed or invalid",
    "401": "No usable admin key",
    "403": "Lacks the scope",
    "406": "Not acceptable",
    "429": "Too many requests",
    "503": "Away for a moment",
}
_WITH_PATH = {"404": "Nothing there"}
_POSTING = {"413": "Too large", "422": "Idempotency-Key reused"}
_BODY = {"413": "Too large", "415": "Not JSON"}


class ErrorShape(serializers.Serializer[Any]):
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="Where in the body, as a JSON pointer.")
    parameter = serializers.CharField(required=False, help_text="Which parameter of the address.")


class Problem(serializers.Serializer[Any]):
    """What went wrong, as RFC 9457 has it."""

    type = serializers.URLField(help_text="Leads to what this kind of problem means.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The id of the request; tell it to the operator.")
    errors = ErrorShape(many=True, required=False)  # type: ignore[assignment]  # shadows DRF's own name


class AdminKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "admin_api.frame.authentication.AdminKeyAuthentication"
    name = "adminKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An admin key: `lla_` and 38 letters and digits."}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        scope = auto_schema.operation.scope
        return {self.name: [scope.value] if scope else []}


class StrictShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "admin_api.frame.fields.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        shape = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**shape, "additionalProperties": False}


class OperationSchema(AutoSchema):
    """Reads an operation where DRF's conventions would guess."""

    @property
    def operation(self) -> Operation:
        found: Operation = self._resource.operations[self.method]
        return found

    @property
    def _resource(self) -> Resource:
        return cast(Resource, self.view)

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # of another class of the same name
        scope = f"Scope: `{self.operation.scope}`." if self.operation.scope else "Every admin key may ask this."
        # No parameter of the schema: whether a key came before is nothing that a schema can say of it.
        once = "Takes an `Idempotency-Key`." if self.method == "POST" else ""
        return " ".join(filter(None, [self.operation.description, scope, once]))

    def get_tags(self) -> list[str]:
        return [self._resource.tag]

    def get_request_serializer(self) -> Any:
        return self.operation.body

    def get_override_parameters(self) -> list[Any]:
        return [self.operation.query] if self.operation.query else []

    def get_response_serializers(self) -> Any:
        operation = self.operation
        answers: _Responses = {}
        if operation.answer:
            shape = page_shape(operation.answer) if operation.paged else operation.answer
            for media_type in filter(None, (operation.media_type, operation.other_media_type)):
                answers[str(operation.status), media_type] = OpenApiResponse(shape, description=_done(operation))
        refusals = _ALWAYS | (_WITH_PATH if self._has_subject() else {})
        refusals |= (_POSTING if self.method == "POST" else {}) | (_BODY if operation.body else {})
        refusals |= {"409": operation.conflicts} if operation.conflicts else {}
        for status, description in sorted(refusals.items()):
            answers[status, problems.MEDIA_TYPE] = OpenApiResponse(Problem, description=description)
        if not operation.answer:
            return {operation.status: OpenApiResponse(description=_done(operation)), **answers}
        return answers

    def get_examples(self) -> list[OpenApiExample]:
        found = []
        if example := getattr(self.operation.body, "example", None):
            found.append(OpenApiExample("request", value=example, request_only=True))
        if example := getattr(self.operation.answer, "example", None):
            value = {"data": [example], "next_cursor": None} if self.operation.paged else example
            status = str(self.operation.status)
            found.append(OpenApiExample("answer", value=value, response_only=True, status_codes=[status]))
        return found

    def _has_subject(self) -> bool:
        return "{" in self.path or self.operation.body is not None or self.operation.may_be_missing

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


@cache
def page_shape(shape: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    return inline_serializer(
        f"{shape.__name__}Page",
        {
            "data": shape(many=True),
            "next_cursor": serializers.CharField(
                allow_null=True, help_text="Send it as `cursor` to get the next page; null on the last one."
            ),
        },
    )


def _done(operation: Operation) -> str:
    return {200: "Done", 201: "Made", 202: "Taken on", 204: "Gone"}[operation.status]

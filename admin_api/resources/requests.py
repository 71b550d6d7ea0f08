"""The request log: calls with their metadata, and the prompt and answer of one, which is a recorded opening."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Project
from accounts.policy import Permission
from admin_api.frame.fields import IdField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict, InvalidParameters
from admin_api.frame.resource import Making, Resource
from admin_api.resources.billing.access import PicoDollars
from admin_api.resources.projects import project_of
from content.opening import open_exchange
from keys.models import ApiKey
from trust.requests.files import FORMATS, as_dict
from trust.requests.kept import Body, body_of, find_exchange, retention_of
from trust.requests.page import find_page
from usage import log
from usage.calls import Outcome
from usage.log import Place, Status, Wanted
from usage.models import UsageEvent
from vault.errors import VaultError, is_away
from vault.purposes import Reason

_ID = "0197a1b2-0000-7000-8000-00000000001a"
_CURSOR = r"^[0-9]{1,17}-[0-9a-f]{32}$"


class Call(serializers.Serializer[Any]):
    example = {
        "id": _ID,
        "started_at": "2026-07-01T09:00:00Z",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "key_id": "0197a1b2-0000-7000-8000-000000000003",
        "model": "Llama-3.3-70B-Instruct",
        "status": 200,
        "outcome": "completed",
        "prompt_tokens": 120,
        "cached_tokens": 0,
        "completion_tokens": 48,
        "estimated": False,
        "latency_ms": 812,
        "first_token_ms": 95,
        "amount": "116400000",
        "price_version": 1,
        "is_kept": True,
    }
    id = serializers.UUIDField(help_text="As the call was answered in `x-request-id`.")
    started_at = serializers.DateTimeField()
    project_id = serializers.UUIDField()
    key_id = serializers.UUIDField()
    model = serializers.CharField()
    status = serializers.IntegerField(help_text="What the caller was answered; 499 if they had left.")
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    prompt_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField(help_text="Of the prompt's.")
    completion_tokens = serializers.IntegerField()
    estimated = serializers.BooleanField(help_text="The gateway counted, because the model server did not.")
    latency_ms = serializers.IntegerField()
    first_token_ms = serializers.IntegerField(allow_null=True)
    amount = PicoDollars()
    price_version = serializers.IntegerField(help_text="0 if the model had no price.")
    is_kept = serializers.BooleanField(help_text="Whether its prompt and answer can be opened.")


class OneCall(Call):
    example = Call.example | {"body": "sealed"}
    body = serializers.ChoiceField(
        [body.value for body in Body],
        help_text="What became of prompt and answer. `lost`: the gateway could not seal them.",
    )


class CallFilter(Strict):
    project_id = IdField(required=False)
    key_id = IdField(required=False)
    model = serializers.CharField(required=False, max_length=120)
    status = serializers.ChoiceField([status.value for status in Status], required=False)
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome], required=False)
    estimated = serializers.ChoiceField(["true"], required=False, help_text="Only those that the gateway counted.")
    since = serializers.DateTimeField(required=False, help_text="The earliest moment.")
    until = serializers.DateTimeField(required=False, help_text="The first moment that is too late.")


class CallQuery(CallFilter, PageQuery):
    cursor = serializers.RegexField(
        _CURSOR, required=False, help_text="`next_cursor` of the page before; leave it out for the first page."
    )
    kept = serializers.ChoiceField(["true"], required=False, help_text="Only those that can be opened.")


class CallLine(serializers.Serializer[Any]):
    """A call a line, as JSON, with the names of project and key."""


class NewOpening(Strict):
    example = {"reason": "debugging"}
    reason = serializers.ChoiceField([reason.value for reason in Reason], help_text="It stands in the ledger.")


class Opened(serializers.Serializer[Any]):
    example = {
        "id": _ID,
        "request": '{"model":"Llama-3.3-70B-Instruct","messages":[{"role":"user","content":"Hello"}]}',
        "response": '{"role":"assistant","content":"Hello! How can I help?"}',
    }
    id = serializers.UUIDField(source="pk")
    request = serializers.CharField(help_text="The body as the client sent it.")
    response = serializers.CharField(help_text="The answer's message as JSON, put together from its pieces.")


class _Calls(Resource):
    tag = "Requests"

    def wanted(self) -> Wanted:
        query = self.query
        return Wanted(
            self.caller.organization.pk,
            projects=self._projects(),
            key_id=query.get("key_id"),
            model=query.get("model", ""),
            status=Status(query["status"]) if "status" in query else None,
            outcome=Outcome(query["outcome"]) if "outcome" in query else None,
            estimated="estimated" in query,
            since=query.get("since"),
            until=query.get("until"),
        )

    def _projects(self) -> list[UUID] | None:
        if pk := self.query.get("project_id"):
            return [project_of(self, pk, Permission.VIEW_USAGE).pk]
        return self.caller.limits(Permission.VIEW_USAGE)


class Requests(_Calls):
    operations = {
        "GET": Operation(
            "requests.list",
            "List calls",
            Permission.VIEW_USAGE,
            answer=Call,
            query=CallQuery,
            paged=True,
            description=(
                "The newest first, of the projects that the key sees. A page can have fewer than `limit`, or none,"
                " while `next_cursor` leads on."
            ),
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        retention = retention_of(self.caller.projects(Permission.VIEW_USAGE))
        found = find_page(
            self.wanted(),
            retention,
            timezone.now(),
            before=_place(self.query),
            size=self.query["limit"],
            kept="kept" in self.query,
        )
        for event in found.page.events:
            vars(event)["is_kept"] = event.pk in found.kept
        following = found.page.following
        return self.listed(found.page.events, str(following) if following else None)


class NdjsonRenderer(JSONRenderer):
    """Lets who asks for lines of JSON in; what fails is told as ever."""

    media_type = "application/x-ndjson"
    format = "ndjson"


class RequestsExport(_Calls):
    renderer_classes = [JSONRenderer, NdjsonRenderer]
    operations = {
        "GET": Operation(
            "requests.export",
            "Take the metadata of calls away",
            Permission.VIEW_USAGE,
            answer=CallLine,
            query=CallFilter,
            media_type="application/x-ndjson",
            description="All that the filters leave, the newest first, a call a line. No prompts and answers.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> StreamingHttpResponse:
        organization, wanted = self.caller.organization, self.wanted()
        projects = dict(self.caller.projects(Permission.VIEW_USAGE).values_list("pk", "name"))
        keys = dict(ApiKey.objects.of(organization).filter(project__in=projects).values_list("pk", "name"))
        kind = FORMATS["ndjson"]
        rows = (as_dict(event, projects, keys) for event in log.everything(wanted))
        return StreamingHttpResponse(kind.lines(rows), content_type=kind.content_type)


class OneRequest(_Calls):
    operations = {
        "GET": Operation("requests.get", "Get a call", Permission.VIEW_USAGE, answer=OneCall),
    }

    def get(self, request: Request, request_id: UUID) -> Response:
        event, project = call_of(self, request_id, Permission.VIEW_USAGE)
        now = timezone.now()
        body = body_of(event, project, find_exchange(event, project, now), now)
        vars(event).update(body=body.value, is_kept=body is Body.SEALED)
        return self.shown(event)


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    pk: UUID
    request: str
    response: str


class RequestOpening(Making):
    tag = "Requests"
    operations = {
        "POST": Operation(
            "requests.open",
            "Open the prompt and the answer of a call",
            Permission.OPEN_CONTENT,
            answer=Opened,
            body=NewOpening,
            conflicts="Nothing of it is kept, or its key is destroyed",
            description=(
                "The key, the call and the reason go into the ledger first; *Data access* shows them. Repeated with the"
                " same `Idempotency-Key` it is another opening."
            ),
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], _Shown]:
        event, project = call_of(self, kwargs["request_id"], Permission.OPEN_CONTENT)
        reason = Reason(self.body()["reason"])
        return lambda: self._open(event, project, reason)

    def again(self, pk: UUID, **kwargs: Any) -> _Shown:
        event, project = call_of(self, pk, Permission.OPEN_CONTENT)
        return self._open(event, project, Reason(self.body()["reason"]))

    def _open(self, event: UsageEvent, project: Project, reason: Reason) -> _Shown:
        now = timezone.now()
        exchange = find_exchange(event, project, now)
        if exchange is None:
            raise Conflict(f"There is nothing to open: {body_of(event, project, None, now)}.")
        try:
            opened = open_exchange(self.caller.actor, exchange, reason)
        except VaultError as error:
            if is_away(error):
                raise
            raise Conflict("This does not open: its key is destroyed, or what is stored was changed.") from None
        return _Shown(event.pk, opened.request, opened.response)


def call_of(resource: Resource, pk: UUID, permission: Permission) -> tuple[UsageEvent, Project]:
    """Return a call with its project, where something is allowed; Http404 for any other."""
    caller = resource.caller
    event = log.find(Wanted(caller.organization.pk, caller.limits(permission)), pk)
    project = caller.projects(permission).filter(pk=event.project_id).first() if event else None
    if event is None or project is None:
        raise Http404
    return event, project


def _place(query: dict[str, Any]) -> Place | None:
    try:
        return Place.read(query["cursor"]) if "cursor" in query else None
    except ValueError:
        raise InvalidParameters({"cursor": ["This is no cursor of this list."]}) from None

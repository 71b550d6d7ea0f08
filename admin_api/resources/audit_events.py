"""The audit log: who changed what in the organization. It holds ids and counts, never names or addresses.

As on its page, what is told of an event is what its leaf says, and how the two agree is told as well.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery, cursor_of, place_in
from admin_api.frame.resource import Resource
from ledger.history import History, Standing
from ledger.ids import first_id
from ledger.models import Action

_EPOCH = datetime.fromtimestamp(0, UTC)

_STANDINGS = (
    "How it agrees with the ledger: `recorded`, or `waiting` for its entry for a few seconds. All else is wrong: "
    "`changed` (the database says something else), `unrecorded` (no entry), `unlisted` (the database has "
    "no row), `broken` (the entry does not fit its hash)."
)


class Entry(serializers.Serializer[Any]):
    sequence = serializers.IntegerField(help_text="Its number among the organization's entries.")
    position = serializers.IntegerField(help_text="Its place in the log.")
    hash = serializers.CharField()


class AuditEvent(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000a",
        "at": "2026-07-01T09:00:00Z",
        "actor": "user:0197a1b2-0000-7000-8000-000000000004",
        "action": "key:created",
        "target": "0197a1b2-0000-7000-8000-000000000003",
        "payload": {"project": "0197a1b2-0000-7000-8000-000000000002"},
        "standing": "recorded",
        "entry": {"sequence": 41, "position": 1290, "hash": "5c" * 32},
    }
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="The kind and the id: `user:…`, `key:…` for an admin key, `operator:…`.")
    action = serializers.CharField()
    target = serializers.CharField(help_text="The id of what was changed.")
    payload = serializers.JSONField(help_text="Ids and counts that say more of it.")
    standing = serializers.ChoiceField([standing.value for standing in Standing], help_text=_STANDINGS)
    entry = Entry(source="place", allow_null=True, help_text="Its entry in the ledger, if it has one.")


class AuditQuery(PageQuery):
    action = serializers.ChoiceField([action.value for action in Action], required=False)
    target = IdField(required=False, help_text="What was changed.")
    since = serializers.DateTimeField(required=False, help_text="The earliest moment.")
    until = serializers.DateTimeField(required=False, help_text="The first moment that is too late.")


class AuditEvents(Resource):
    tag = "Audit log"
    operations = {
        "GET": Operation(
            "auditEvents.list",
            "List audit events",
            Permission.VIEW_AUDIT_LOG,
            answer=AuditEvent,
            query=AuditQuery,
            paged=True,
            description=(
                "Without `action`, `target`, `since` and `until`, events whose row is gone are told from the ledger."
            ),
        )
    }

    def get(self, request: Request) -> Response:
        history = History(self.caller.organization.vault_tenant, _condition(self.query))
        page = history.page(self.query["limit"], before=place_in(self.query))
        following = cursor_of(page.oldest) if page.oldest and page.has_older else None
        return self.listed(page.happenings, following)


def _condition(query: dict[str, Any]) -> Q | None:
    """Return what narrows the events; None if nothing does."""
    found = Q()
    for name in ("action", "target"):
        if name in query:
            found &= Q(**{name: str(query[name])})
    for name, comparison in (("since", "pk__gte"), ("until", "pk__lt")):
        if name in query:
            found &= Q(**{comparison: first_id(max(query[name], _EPOCH))})
    return found or None

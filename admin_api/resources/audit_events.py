"""The audit log: who changed what in the organization. It holds ids and counts, never names or addresses."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from ledger.models import Action
from ledger.models import AuditEvent as Model


class AuditEvent(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000a",
        "at": "2026-07-01T09:00:00Z",
        "actor": "user:0197a1b2-0000-7000-8000-000000000004",
        "action": "key:created",
        "target": "0197a1b2-0000-7000-8000-000000000003",
        "payload": {"project": "0197a1b2-0000-7000-8000-000000000002"},
    }
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="The kind and the id: `user:…`, `key:…` for an admin key, `operator:…`.")
    action = serializers.CharField()
    target = serializers.CharField(help_text="The id of what was changed.")
    payload = serializers.JSONField(help_text="Ids and counts that say more of it.")


class AuditQuery(PageQuery):
    action = serializers.ChoiceField([action.value for action in Action], required=False)
    target = serializers.UUIDField(required=False, help_text="What was changed.")


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
        )
    }

    def get(self, request: Request) -> Response:
        wanted = {name: str(self.query[name]) for name in ("action", "target") if name in self.query}
        return self.page(Model.objects.filter(organization_id=self.caller.organization.pk, **wanted))

"""The end of the organization: asked for, and taken back. It takes days, in which owners and admins can keep it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import cancel_deletion, schedule_deletion
from accounts.deletion_links import url_of
from accounts.models import Deletion as Model
from accounts.policy import Permission
from admin_api.frame.fields import Strict, StrictText
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making

_OTHER = "That is not the slug of this organization."
_LATE = "It is being carried out and can't be taken back any more."


class Deletion(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000d",
        "number": "R-0A1B2-C3D4E",
        "requested_by": "0197a1b2-0000-7000-8000-000000000004",
        "requested_at": "2026-07-01T09:00:00Z",
        "due_at": "2026-07-15T09:00:00Z",
        "cancelled_at": None,
        "url": "http://localhost:8000/deletions/…/",
    }
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="What to name when asking about it.")
    requested_by = serializers.UUIDField(
        allow_null=True, help_text="The member who asked, or who made the key that did. Null: an operator."
    )
    requested_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is carried out. Until then everything works.")
    cancelled_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField(
        help_text="Its page, which shows the receipt once it is carried out. Who has the address can take it back."
    )

    def get_url(self, deletion: Model) -> str:
        return url_of(deletion)


class NewDeletion(Strict):
    example = {"slug": "acme-research"}
    slug = StrictText(
        min_length=1,
        max_length=60,
        trim_whitespace=False,
        help_text="That of the organization, to confirm which one ends.",
    )


class OrganizationDeletion(Making):
    tag = "Organization"
    operations = {
        "GET": Operation(
            "organization.getDeletion",
            "Get the deletion that is asked for",
            Permission.DELETE_ORGANIZATION,
            answer=Deletion,
            may_be_missing=True,
        ),
        "POST": Operation(
            "organization.delete",
            "Delete the organization",
            Permission.DELETE_ORGANIZATION,
            answer=Deletion,
            status=202,
            body=NewDeletion,
            description=(
                "Owners and admins are told, and owners have some days to keep it. What was asked for before stands."
            ),
            conflicts="It is the slug of no organization of yours",
        ),
        "DELETE": Operation(
            "organization.cancelDeletion",
            "Cancel the deletion",
            Permission.DELETE_ORGANIZATION,
            status=204,
            conflicts="It is being carried out",
            may_be_missing=True,
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown(self._pending())

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        organization, caller = self.caller.organization, self.caller
        if self.body()["slug"] != organization.slug:
            raise Conflict(_OTHER)
        return lambda: schedule_deletion(caller.actor, subject=organization, requested_by=caller.key.created_by)

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return get_object_or_404(Model, subject_id=self.caller.organization.pk, pk=pk)

    def delete(self, request: Request) -> Response:
        if not cancel_deletion(self.caller.actor, deletion=self._pending()):
            raise Conflict(_LATE)
        return Response(status=204)

    def _pending(self) -> Model:
        if pending := Model.objects.of(self.caller.organization.pk):
            return pending
        raise Http404

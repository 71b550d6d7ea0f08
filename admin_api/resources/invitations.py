"""Invitations: sent, sent again, taken back, and seen while they wait. Their addresses open, and that is recorded.

Whoever made the key stands for what it invites, for as long as the key itself could do it again: see
`keys/admin/giving.py`. An answer to who invites repeats the addresses of the request and opens none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import UnknownProject, invite, resend, revoke
from accounts.actions.invitations import MOST_AT_ONCE, Offer, Wrong
from accounts.addressees import Addressees, Verdict
from accounts.invitations import opened
from accounts.models import Invitation as Model
from accounts.policy import Permission
from admin_api.frame.fields import EmailField
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.access import ROLES, UNKNOWN_PROJECT, GivenAccess, ProjectRole, given, projects_shown

_LANGUAGES = [code for code, _ in settings.LANGUAGES]
_NOT_AGAIN = {
    Verdict.NO_SEAT: "No seat is free.",
    Verdict.TODAY: "This address had an invitation today. Try again tomorrow.",
    Verdict.TOO_MANY: "There were too many invitations today. Try again tomorrow.",
}
_VERDICTS = (
    "`invited`; or why not: `member`, `already` (invited), `refused` (asked for no invitations), `today` (had a letter "
    "today), `too-many` (letters today), `no-seat`, `domain` (not admitted). Of a request that came again, how it "
    "stands now; null if nothing stands in the way."
)


class Invitation(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000c",
        "email": "mira@example.com",
        "role": "developer",
        "projects": None,
        "invited_by": "0197a1b2-0000-7000-8000-000000000004",
        "issued_at": "2026-07-01T09:00:00Z",
        "expires_at": "2026-07-08T09:00:00Z",
        "voided_at": None,
    }
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField(ROLES)
    projects = ProjectRole(many=True, allow_null=True, help_text="Null for every project.")
    invited_by = serializers.UUIDField(
        allow_null=True, help_text="The id of the member who did, or who made the key that did. Null: an operator."
    )
    issued_at = serializers.DateTimeField(help_text="When the newest letter was asked for.")
    expires_at = serializers.DateTimeField()
    voided_at = serializers.DateTimeField(allow_null=True, help_text="Since when nobody stands for it.")


class NewInvitations(GivenAccess):
    example = {"emails": ["mira@example.com"], "role": "developer", "language": "en"}
    emails = serializers.ListField(child=EmailField(), min_length=1, max_length=MOST_AT_ONCE)
    language = serializers.ChoiceField(_LANGUAGES, default="en", help_text="Of the letters.")


class Addressed(serializers.Serializer[Any]):
    email = serializers.CharField(help_text="As it was sent.")
    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict], allow_null=True, help_text=_VERDICTS)
    invitation_id = serializers.UUIDField(allow_null=True, help_text="Of the invitation that this address has.")


class Invited(serializers.Serializer[Any]):
    example = {
        "data": [{"email": "mira@example.com", "verdict": "invited", "invitation_id": Invitation.example["id"]}],
    }
    data = Addressed(many=True)  # type: ignore[assignment]  # shadows DRF's own name


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    pk: UUID
    email: str
    role: str
    projects: list[dict[str, Any]] | None
    invited_by: UUID | None
    issued_at: datetime
    expires_at: datetime
    voided_at: datetime | None

    @property
    def id(self) -> UUID:
        return self.pk


@dataclass(frozen=True, slots=True, repr=False)
class _Batch:
    pk: UUID  # of the organization: a batch has no id of its own
    data: list[dict[str, Any]]


class Invitations(Making):
    tag = "Invitations"
    operations = {
        "GET": Operation(
            "invitations.list",
            "List invitations",
            Permission.MANAGE_MEMBERS,
            answer=Invitation,
            query=PageQuery,
            paged=True,
        ),
        "POST": Operation(
            "invitations.create",
            "Invite people",
            Permission.MANAGE_MEMBERS,
            answer=Invited,
            body=NewInvitations,
            description=(
                "All with one role, up to that of whoever made the key; with `projects` in those alone. Each address "
                "has a verdict of its own. A key that is revoked, has ended or may not do this any more takes the "
                "invitations along that it sent."
            ),
            conflicts="A project is not there, or the role can't be limited so",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(_invitations(self), show=lambda found: _opened(self, found))

    def prepare(self, **kwargs: Any) -> Callable[[], _Batch]:
        data, caller = self.body(), self.caller
        offer = Offer(given(data), data["language"], caller.key.created_by)

        def act() -> _Batch:
            try:
                verdicts = invite(caller.actor, organization=caller.organization, addresses=data["emails"], offer=offer)
            except UnknownProject:
                raise Conflict(UNKNOWN_PROJECT) from None
            return self._batch(data["emails"], verdicts)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Batch:
        return self._batch(self.body()["emails"])

    def _batch(self, emails: Sequence[str], verdicts: Sequence[Verdict] | None = None) -> _Batch:
        """Return what became of each address, or how it stands now."""
        organization = self.caller.organization
        known = Addressees(organization, emails)
        said: Sequence[Verdict | None] = verdicts or [known.verdict(email) for email in emails]
        rows = zip(emails, said, map(known.invitation, emails), strict=True)
        return _Batch(
            organization.pk,
            [
                {"email": email, "verdict": verdict, "invitation_id": own.pk if own else None}
                for email, verdict, own in rows
            ],
        )


class OneInvitation(Resource):
    tag = "Invitations"
    operations = {
        "GET": Operation("invitations.get", "Get an invitation", Permission.MANAGE_MEMBERS, answer=Invitation),
        "DELETE": Operation(
            "invitations.revoke",
            "Take an invitation back",
            Permission.MANAGE_MEMBERS,
            status=204,
            description="Its link is dead and its address erased.",
        ),
    }

    def get(self, request: Request, invitation_id: UUID) -> Response:
        return self.shown(_opened(self, [_invitation(self, invitation_id)])[0])

    def delete(self, request: Request, invitation_id: UUID) -> Response:
        revoke(self.caller.actor, _invitation(self, invitation_id))
        return Response(status=204)


class Resending(Making):
    tag = "Invitations"
    operations = {
        "POST": Operation(
            "invitations.resend",
            "Send an invitation again",
            Permission.MANAGE_MEMBERS,
            answer=Invitation,
            status=202,
            description="With a new link; the former one is dead at once. Who sends it is now who invites.",
            conflicts="No seat is free, or there were enough letters today",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], _Shown]:
        found, caller = _invitation(self, kwargs["invitation_id"]), self.caller

        def act() -> _Shown:
            try:
                resend(caller.actor, found, caller.key.created_by)
            except Wrong as wrong:
                raise Conflict(_NOT_AGAIN[wrong.verdict]) from None
            except Model.DoesNotExist:
                raise Http404 from None
            return self.again(found.pk)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Shown:
        return _opened(self, [_invitation(self, pk)])[0]


def _invitations(resource: Resource) -> QuerySet[Model]:
    return resource.caller.organization.invitations.select_related("organization")


def _invitation(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(_invitations(resource), pk=pk)


def _opened(resource: Resource, invitations: Sequence[Model]) -> list[_Shown]:
    """Return invitations in the clear: one leaf, however many there are."""
    found = opened(resource.caller.actor, invitations)
    return [_shown(each, found[each.pk].email, found[each.pk].access) for each in invitations]


def _shown(invitation: Model, email: str, access: Any) -> _Shown:
    return _Shown(
        pk=invitation.pk,
        email=email,
        role=access.role.value,
        projects=projects_shown(access.projects),
        invited_by=invitation.invited_by_id,
        issued_at=invitation.issued_at,
        expires_at=invitation.expires_at,
        voided_at=invitation.voided_at,
    )

"""The membership under which a request acts: which organization, and what its role allows."""

from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from accounts import security_rules
from accounts.models import Membership, Organization, Project, Role, User
from accounts.models.project import ProjectQuerySet
from accounts.policy import Access, Permission
from accounts.requests import user_of
from accounts.roles import given_role, read_access, stands
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose

_SEEN = timedelta(hours=1)


class Acting:
    """One user in one organization, for one request.

    The role is sealed, with the projects that it is limited to: it opens when a decision needs it, at most once a
    request, so a change counts from the next request on. Another `actor` than the user is a key of theirs.
    """

    def __init__(self, user: User, membership: Membership, actor: Actor | None = None) -> None:
        self.user, self.membership = user, membership
        self.actor = actor or Actor.user(user.pk)

    @classmethod
    def in_organization(cls, request: HttpRequest, slug: str) -> "Acting":
        """Return the membership of who is signed in; Http404 for a foreign organization just as for a missing one.

        `security_rules.Refused` where a rule of the organization keeps this request out.
        """
        user, membership = user_of(request), entered(request, slug)
        if membership is None:
            raise Http404
        security_rules.require(request, membership.organization, has_factor=getattr(membership, "has_factor", False))
        _see(membership)
        acting = vars(request)["_acting"] = cls(user, membership)
        return acting

    @property
    def organization(self) -> Organization:
        return self.membership.organization

    @cached_property
    def access(self) -> Access:
        with disclose(
            Purpose.AUTHORIZATION,
            actor=self.actor,
            tenant=self.membership.vault_tenant,
            fields=[Membership.role],
            subjects=[self.membership.pk],
        ) as scope:
            text = scope.open(self.membership.role)
            if not self._was_given(text):
                raise scope.distrust("rolled-back", "This role is not the one that was given last.")
            return read_access(text)[0]

    @property
    def role(self) -> Role:
        return self.access.role

    def _was_given(self, text: str) -> bool:
        return stands(text, self.membership, given_role(self.organization.pk, self.user.pk))

    def may(self, permission: Permission, project: Project | None = None) -> bool:
        """Tell whether it is allowed: in a project if one is named, else in the organization or any of its projects."""
        return self.access.may(permission, project.pk if project else None)

    def require(self, permission: Permission, otherwise: str | Promise = "", *, project: Project | None = None) -> None:
        """Refuse who may not; `otherwise` is a sentence that the page of the refusal shows."""
        if not self.may(permission, project):
            raise PermissionDenied(otherwise)

    def limits(self, permission: Permission) -> frozenset[UUID] | None:
        """Return the ids of the projects that something is allowed in; None where that is every project."""
        if self.access.projects is None and self.may(permission):
            return None
        return frozenset(each for each in self.access.projects or () if self.access.may(permission, each))

    def projects(self, permission: Permission = Permission.VIEW_PROJECTS) -> ProjectQuerySet:
        """Return the projects in which something is allowed, the archived ones among them."""
        projects, limits = Project.objects.filter(organization=self.organization), self.limits(permission)
        return projects if limits is None else projects.filter(pk__in=limits)


def entered(request: HttpRequest, slug: str) -> Membership | None:
    """Return the membership of who is signed in, with what decides whether they may come in; read once a request."""
    known: dict[str, Membership | None] = vars(request).setdefault("_entered", {})
    if slug not in known:
        user = user_of(request)
        known[slug] = found = Membership.objects.entered_by(user, slug).first()
        if found:
            found.user = user
    return known[slug]


def known_access(request: HttpRequest) -> Access | None:
    """Return what the page of this request has opened of the role already; None where it had no need to."""
    acting: Acting | None = vars(request).get("_acting")
    return vars(acting).get("access") if acting else None


def _see(membership: Membership) -> None:
    """Note that a member was here, once an hour."""
    now = timezone.now()
    if membership.seen_at is None or now - membership.seen_at > _SEEN:
        Membership.objects.filter(pk=membership.pk).update(seen_at=now)

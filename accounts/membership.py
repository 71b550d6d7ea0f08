"""The membership under which a request acts: which organization, and what its role allows."""

from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts import security_rules
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Permission, allows
from accounts.requests import user_of
from accounts.roles import PRIVILEGED, given_role, read_role, stands
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose


class Acting:
    """One user in one organization, for one request.

    The role is sealed: it opens when a decision needs it, at most once a request, so a change of role counts
    from the next request on.
    """

    def __init__(self, user: User, membership: Membership) -> None:
        self.user, self.membership = user, membership

    @classmethod
    def in_organization(cls, request: HttpRequest, slug: str) -> "Acting":
        """Return the membership of who is signed in; Http404 for a foreign organization just as for a missing one.

        `security_rules.Refused` where a rule of the organization keeps this request out.
        """
        user = user_of(request)
        membership = Membership.objects.entered_by(user, slug).first()
        if membership is None:
            raise Http404
        security_rules.require(request, membership.organization, has_factor=getattr(membership, "has_factor", False))
        return cls(user, membership)

    @property
    def organization(self) -> Organization:
        return self.membership.organization

    @property
    def actor(self) -> Actor:
        return Actor.user(self.user.pk)

    @cached_property
    def role(self) -> Role:
        with disclose(
            Purpose.AUTHORIZATION,
            actor=self.actor,
            tenant=self.membership.vault_tenant,
            fields=[Membership.role],
            subjects=[self.membership.pk],
        ) as scope:
            text = scope.open(self.membership.role)
            role, _ = read_role(text)
            if role in PRIVILEGED and not self._was_given(text):
                raise scope.distrust("rolled-back", "This role is not the one that was given last.")
            return role

    def _was_given(self, text: str) -> bool:
        return stands(text, self.membership, given_role(self.organization.pk, self.user.pk))

    def may(self, permission: Permission) -> bool:
        return allows(self.role, permission)

    def require(self, permission: Permission, otherwise: str = "") -> None:
        """Refuse who may not; `otherwise` is a sentence that the page of the refusal shows."""
        if not self.may(permission):
            raise PermissionDenied(otherwise)

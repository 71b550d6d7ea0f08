"""The membership under which a request acts: which organization, and what its role allows."""

from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Membership, Organization, Role, User
from accounts.policy import Permission, allows
from accounts.roles import PRIVILEGED, given_role, read_role, stands
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose


class Acting:
    """One user in one organization, for one request.

    The role is sealed: it opens when a decision needs it, at most once a request, so a change of role counts
    from the next request on. Another `actor` than the user is a key of theirs.
    """

    def __init__(self, user: User, membership: Membership, actor: Actor | None = None) -> None:
        self.user, self.membership = user, membership
        self.actor = actor or Actor.user(user.pk)

    @classmethod
    def in_organization(cls, user: User, slug: str) -> "Acting":
        """Return the user's membership there; Http404 for a foreign organization just as for a missing one."""
        membership = (
            Membership.objects.select_related("organization").filter(user=user, organization__slug=slug).first()
        )
        if membership is None:
            raise Http404
        return cls(user, membership)

    @property
    def organization(self) -> Organization:
        return self.membership.organization

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

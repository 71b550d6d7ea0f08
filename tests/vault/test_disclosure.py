"""Disclosure scopes: what they cover before a row is saved, and what is left of a scope that was left."""

from typing import Any
from uuid import UUID

import pytest

from accounts.models import Organization, Role, User
from accounts.models.membership import Membership
from ledger.actor import Actor
from ledger.models import LeafBody, LeafType
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def own_account(user: User) -> Any:
    person: dict[str, Any] = {"tenant": user.pk, "subjects": [user.pk]}
    return disclose(Purpose.OWN_ACCOUNT, actor=Actor.user(user.pk), fields=[User.email], **person)


def roles_of(tenant: UUID, row: UUID) -> Any:
    subjects: dict[str, Any] = {"tenant": tenant, "subjects": [row]}
    return disclose(Purpose.AUTHORIZATION, actor=Actor.operator(), fields=[Membership.role], **subjects)


def test_plaintext_that_is_not_saved_opens_in_no_scope_of_another_row_of_its_tenant(
    organization: Organization, member: User
) -> None:
    one, other = organization.memberships.all()
    other.role = Role.ADMIN
    with roles_of(organization.pk, one.pk) as scope, pytest.raises(VaultError, match="outside-scope"):
        scope.open(other.role)


def test_plaintext_that_is_not_saved_opens_in_no_scope_of_another_tenant(
    organization: Organization, outsider: User
) -> None:
    foreign = outsider.memberships.get()
    row = organization.memberships.get()
    foreign.pk, foreign.role = row.pk, Role.OWNER  # the same key in another organization
    with roles_of(organization.pk, row.pk) as scope, pytest.raises(VaultError, match="outside-scope"):
        scope.open(foreign.role)


def test_a_scope_that_was_left_has_ended_at_the_unsealer(owner: User) -> None:
    value = User.objects.get(pk=owner.pk).email.message()
    with own_account(owner) as scope:
        token = scope._token
        assert unsealer().open(token, [value])
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer().open(token, [value])


def test_what_a_scope_distrusts_is_recorded_and_comes_back_as_an_error_to_raise(owner: User) -> None:
    with own_account(owner) as scope:
        error = scope.distrust("role-refused", "This role is older than the ledger's.")
    assert (error.code, error.message) == ("role-refused", "This role is older than the ledger's.")
    assert LeafBody.objects.filter(tenant=owner.pk, type=LeafType.REFUSAL).count() == 1

"""Keeping keys at the edges: which key a leaf names among many, and which requests are refused with which code."""

import json
from typing import Any

import pytest

from ledger.ids import INSTALLATION, new_id
from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL, sealed
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import roots
from vault.unsealer import unsealer
from vault.unsealer.in_process import append
from vault.unsealer.keeping import shred
from vault.unsealer.messages import Shred, Value
from vault.unsealer.session import Session

pytestmark = pytest.mark.django_db
OPERATOR, DATA = "operator:command-line", Plane.CUSTOMER_DATA


def test_of_many_keys_the_leaf_names_the_one_that_was_destroyed() -> None:
    """Keys of other tenants, planes and versions stand before it in the table."""
    tenants, planes = [new_id(), new_id()], [DATA, Plane.CUSTOMER_CONTENT]
    for tenant in tenants:
        unsealer().seal([Value(label, new_id(), tenant, b"x") for label in (EMAIL, "content.StoredExchange.request")])
        for plane in planes * 2:
            unsealer().rotate(OPERATOR, tenant, plane)
    old = DataKey.objects.filter(tenant__in=tenants, version__in=[1, 2])
    for key in old.order_by("-key_id"):
        unsealer().retire(OPERATOR, key.tenant, key.plane, key.version)
        leaf = LeafBody.objects.filter(tenant=key.tenant, type=LeafType.ROTATION).latest("position")
        assert json.loads(leaf.text)["key"] == bytes(key.key_id).hex()
    kept = DataKey.objects.filter(tenant__in=tenants).values_list("tenant", "plane", "version")
    assert set(kept) == {(tenant, plane, 3) for tenant in tenants for plane in planes}


def test_an_address_of_just_the_longest_kind_has_an_index_and_a_longer_one_is_refused() -> None:
    assert unsealer().index_email("z" * 308 + "@example.com")
    with pytest.raises(VaultError) as refusal:
        unsealer().index_email("z" * 309 + "@example.com")
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)


def test_what_is_no_sign_in_address_has_no_index() -> None:
    one = sealed(unsealer())
    with pytest.raises(VaultError) as refusal:
        unsealer().reindex_emails(OPERATOR, [Value("accounts.User.name", one.pk, one.tenant, one.data)])
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)


def test_an_invited_address_is_indexed_anew_for_its_organization_and_one_of_sign_in_is_not() -> None:
    organization, invitation, person = new_id(), new_id(), new_id()
    places = [("accounts.Invitation.email", invitation, organization), (EMAIL, person, person)]
    records = unsealer().seal([Value(*place, b'"zoe@example.com"') for place in places])
    sealed_again = [Value(*place, record) for place, record in zip(places, records, strict=True)]
    indexes = unsealer().reindex_emails(OPERATOR, sealed_again)
    assert indexes == [
        unsealer().index_email("zoe@example.com", organization),
        unsealer().index_email("zoe@example.com"),
    ]
    assert indexes[0] != indexes[1]


def test_an_address_has_an_index_in_each_version_of_the_key_oldest_first() -> None:
    organization = new_id()
    for _ in range(2):
        unsealer().rotate(OPERATOR, INSTALLATION, Plane.INDEX)
    for whose in (None, organization):
        found = unsealer().index_email("zoe@example.com", whose)
        assert [index.version for index in found] == [1, 2, 3]
        assert len({index.value for index in found}) == 3


def test_a_key_that_another_caller_remembered_while_its_destruction_was_committed_opens_nothing_afterwards() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    key = keyring.sealing(tenant, DATA)

    def commit(*destruction: Any) -> None:
        append(*destruction)
        keyring._by_id.put(key.id, key)  # by who had read the row before

    shred(Session(keyring, commit), Shred(OPERATOR, tenant))
    with pytest.raises(VaultError, match="shredded"):
        keyring.opening(key.id)

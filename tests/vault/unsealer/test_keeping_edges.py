"""Keeping keys at the edges: which key a leaf names among many, and which requests are refused with which code."""

import json

import pytest

from ledger.ids import new_id
from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import sealed
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

pytestmark = pytest.mark.django_db
OPERATOR, DATA = "operator:command-line", Plane.CUSTOMER_DATA


def test_of_many_keys_the_leaf_names_the_one_that_was_destroyed() -> None:
    """Another tenant's, another plane's and another version's keys are older, and stay."""
    other, tenant = sealed(unsealer()).tenant, new_id()
    for label in ("content.StoredExchange.request", "accounts.User.name"):
        unsealer().seal([Value(label, new_id(), tenant, b"x")])
    for each, plane in ((other, DATA), (tenant, Plane.CUSTOMER_CONTENT), (tenant, DATA), (tenant, DATA)):
        unsealer().rotate(OPERATOR, each, plane)
    gone = DataKey.objects.get(tenant=tenant, plane=DATA, version=2)
    unsealer().retire(OPERATOR, tenant, DATA, 2)
    leaf = LeafBody.objects.filter(tenant=tenant, type=LeafType.ROTATION).order_by("position").last()
    assert leaf
    assert json.loads(leaf.text)["key"] == bytes(gone.key_id).hex()
    assert not DataKey.objects.filter(pk=gone.pk).exists()
    left = DataKey.objects.filter(tenant__in=[tenant, other]).values_list("tenant", "plane", "version")
    kept = [
        (tenant, DATA, 1),
        (tenant, DATA, 3),
        (tenant, Plane.CUSTOMER_CONTENT, 1),
        (tenant, Plane.CUSTOMER_CONTENT, 2),
    ]
    assert sorted(left) == sorted([*kept, (other, DATA, 1), (other, DATA, 2)])


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

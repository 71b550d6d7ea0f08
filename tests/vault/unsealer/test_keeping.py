"""What the leaves of keys and of the log say: which were made and destroyed, and until when a backup may hold them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.ids import new_id
from ledger.models import Checkpoint, Erasure, LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL, sealed
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

pytestmark = pytest.mark.django_db
OPERATOR, DATA = "operator:command-line", Plane.CUSTOMER_DATA


def leaves(tenant: UUID, type: LeafType) -> list[tuple[LeafBody, dict[str, Any]]]:
    found = LeafBody.objects.filter(tenant=tenant, type=type).order_by("position")
    return [(body, json.loads(body.text)) for body in found]


def key_id(tenant: UUID, version: int) -> str:
    return bytes(DataKey.objects.get(tenant=tenant, version=version).key_id).hex()


def test_a_destruction_names_the_keys_the_planes_and_the_day_from_which_no_backup_holds_them(settings: Any) -> None:
    settings.BACKUP_HORIZON_DAYS = 10
    one = sealed(unsealer())
    content = Value("content.StoredExchange.request", new_id(), one.tenant, b"x")
    unsealer().seal([content])
    unsealer().rotate(OPERATOR, one.tenant, DATA)
    keys = [bytes(key.key_id).hex() for key in DataKey.objects.filter(tenant=one.tenant).order_by("plane", "version")]
    unsealer().shred(OPERATOR, one.tenant)
    ((leaf, said),) = leaves(one.tenant, LeafType.DESTRUCTION)
    assert (leaf.actor, leaf.purpose) == (OPERATOR, "erasure")
    assert (said["keys"], said["planes"]) == (keys, ["customer-content", "customer-data"])
    assert said["horizon"] == (datetime.now(UTC) + timedelta(days=10)).date().isoformat()


def test_who_has_no_key_is_erased_and_recorded_all_the_same_and_once() -> None:
    tenant = new_id()
    unsealer().shred(OPERATOR, tenant)
    unsealer().shred(OPERATOR, tenant)
    ((_, said),) = leaves(tenant, LeafType.DESTRUCTION)
    assert said["keys"] == []


def test_who_was_only_marked_as_erased_in_the_database_gets_their_destruction_all_the_same() -> None:
    tenant = new_id()
    Erasure.objects.create(tenant=tenant)
    unsealer().shred(OPERATOR, tenant)
    assert len(leaves(tenant, LeafType.DESTRUCTION)) == 1


def test_a_rotation_says_which_key_was_made_and_which_was_destroyed() -> None:
    one = sealed(unsealer())
    old = key_id(one.tenant, 1)
    unsealer().rotate(OPERATOR, one.tenant, DATA)
    new = key_id(one.tenant, 2)
    unsealer().retire(OPERATOR, one.tenant, DATA, 1)
    said = leaves(one.tenant, LeafType.ROTATION)
    assert {(leaf.actor, leaf.purpose) for leaf, _ in said} == {(OPERATOR, "re-keying")}
    assert [(each["what"], each["plane"], each["key"]) for _, each in said] == [
        ("key-made", DATA, new),
        ("key-destroyed", DATA, old),
    ]


def test_a_key_of_another_plane_or_version_is_not_the_one_that_is_destroyed() -> None:
    one = sealed(unsealer())
    unsealer().rotate(OPERATOR, one.tenant, DATA)
    for plane, version in ((Plane.CUSTOMER_CONTENT, 1), (DATA, 3)):
        with pytest.raises(VaultError, match="Only an old version"):
            unsealer().retire(OPERATOR, one.tenant, plane, version)
    assert leaves(one.tenant, LeafType.ROTATION)[-1][1]["what"] == "key-made"
    assert DataKey.objects.filter(tenant=one.tenant).count() == 2


def test_resealing_is_recorded_as_an_opening_of_just_those_fields_and_rows() -> None:
    one, other = sealed(unsealer()), sealed(unsealer())
    unsealer().reseal(OPERATOR, [one, other])
    ((leaf, said),) = leaves(one.tenant, LeafType.OPENING)
    assert (leaf.actor, leaf.purpose) == (OPERATOR, "re-keying")
    assert (said["fields"], said["subjects"]) == ([EMAIL], [str(one.pk)])


def test_resealing_by_anybody_but_an_operator_is_refused_and_recorded_for_each_tenant() -> None:
    one, other = sealed(unsealer()), sealed(unsealer())
    with pytest.raises(VaultError, match="not for this actor"):
        unsealer().reseal("staff:ana", [one, other])
    for each in (one, other):
        ((leaf, said),) = leaves(each.tenant, LeafType.REFUSAL)
        assert (leaf.actor, leaf.purpose, said["code"]) == ("staff:ana", "re-keying", "refused")


def test_what_leaves_say_is_dropped_of_the_erased_tenant_alone() -> None:
    gone, other = sealed(unsealer()), sealed(unsealer())
    unsealer().reseal(OPERATOR, [gone, other])
    unsealer().shred(OPERATOR, gone.tenant)
    assert unsealer().drop_bodies(gone.tenant) == 1
    assert [body.type for body in LeafBody.objects.filter(tenant=gone.tenant)] == ["destruction"]
    assert len(leaves(other.tenant, LeafType.OPENING)) == 1


def test_of_somebody_who_was_not_erased_nothing_is_dropped() -> None:
    with pytest.raises(VaultError, match="not-erased") as failure:
        unsealer().drop_bodies(new_id())
    assert failure.value.permanent


def test_the_log_keeps_the_name_that_it_began_with(settings: Any) -> None:
    settings.CONSOLE_ORIGIN = "https://console.example.com:8443"
    unsealer().sign_checkpoint()
    settings.CONSOLE_ORIGIN = "https://elsewhere.example.com"
    unsealer().sign_checkpoint()
    names = [text.partition("\n")[0] for text in Checkpoint.objects.order_by("pk").values_list("text", flat=True)]
    assert names == ["console.example.com/ledger"] * 2

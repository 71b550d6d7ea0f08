"""What stands in the leaf of a refusal: who tried what, within the bounds of a leaf whatever was asked."""

import json
from typing import Any

import msgspec
import pytest

from ledger.ids import INSTALLATION, new_id
from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL, own, value
from vault.errors import VaultError
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening, Value

pytestmark = pytest.mark.django_db
NAME = "accounts.User.name"


def refusal() -> tuple[LeafBody, dict[str, Any]]:
    body = LeafBody.objects.get(type=LeafType.REFUSAL)
    return body, json.loads(body.text)


def test_a_refusal_keeps_as_much_as_a_leaf_takes() -> None:
    tenant, grant, message = new_id(), new_id(), new_id()
    fields = [f"{number:02}" + "f" * 100 for number in range(25)]
    subjects = sorted(new_id() for _ in range(105))
    with pytest.raises(VaultError, match="refused"):
        unsealer().begin(Opening("p" * 30, "a" * 90, tenant, fields, subjects, grant, message))
    leaf, said = refusal()
    assert (leaf.tenant, leaf.grant, leaf.purpose, leaf.actor) == (tenant, grant, "p" * 24, "a" * 80)
    assert said["fields"] == [name[:80] for name in fields[:20]]
    assert said["subjects"] == [str(subject) for subject in subjects[:100]]
    assert said["message"] == str(message)


def test_what_is_not_printable_is_a_question_mark_in_the_leaf() -> None:
    with pytest.raises(VaultError, match="refused"):
        unsealer().begin(Opening("sms\n\0", "user:\x1b[2J", new_id(), ["na\rme"], [new_id()]))
    leaf, said = refusal()
    assert (leaf.purpose, leaf.actor, said["fields"]) == ("sms??", "user:?[2J", ["na?me"])


def test_a_closed_scope_is_recorded_by_the_values_that_were_tried() -> None:
    tenant = new_id()
    tried = [Value(label, tenant, tenant, b"") for label in (NAME, EMAIL, NAME)]
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer().open(bytes(16), tried)
    leaf, said = refusal()
    assert (leaf.tenant, leaf.actor, leaf.purpose) == (tenant, "system:unknown", "")
    assert (said["fields"], said["subjects"], said["code"]) == ([EMAIL, NAME], [str(tenant)], "scope-closed")


def test_a_closed_scope_over_nothing_is_recorded_with_the_installation() -> None:
    with pytest.raises(VaultError, match="scope-closed"):
        unsealer().open(bytes(16), [])
    assert refusal()[0].tenant == INSTALLATION


def test_a_value_outside_of_a_scope_is_recorded_in_the_chain_and_the_name_of_whose_scope_it_is() -> None:
    one, other = value(b""), value(b"")
    message = new_id()
    token = unsealer().begin(msgspec.structs.replace(own(one), message=message))
    with pytest.raises(VaultError, match="outside-scope"):
        unsealer().open(token, [other])
    leaf, said = refusal()
    assert (leaf.tenant, leaf.actor, leaf.purpose) == (one.tenant, f"user:{one.tenant}", "own-account")
    assert (said["fields"], said["subjects"], said["message"]) == ([EMAIL], [str(other.pk)], str(message))


def test_a_reason_of_the_callers_is_cut_to_what_a_leaf_takes() -> None:
    one = value(b"")
    unsealer().distrust(unsealer().begin(own(one)), "r" * 30)
    leaf, said = refusal()
    assert (leaf.tenant, leaf.actor, leaf.purpose) == (one.tenant, f"user:{one.tenant}", "own-account")
    assert (said["code"], said["subjects"]) == ("r" * 24, [str(one.pk)])

"""Proof bundles: complete, registered, the same streamed as built, and verified by the one-file verifier."""

import base64
import io
import json
from pathlib import Path

import pytest
from django.db import connections

from ledger import bundle as bundle_module
from ledger.append import append_leaf
from ledger.bundle import proof_bundle, was_exported, write_bundle
from ledger.errors import LedgerError
from ledger.ids import new_id
from ledger.models import Erasure, Export, LeafBody
from tests.support.flush import without_guards
from tests.support.ledger import (
    LLAMAS,
    OUTSIDERS,
    PEN,
    PURPOSES,
    SIGNER,
    append,
    bundle,
    checkpoint,
    destruction,
    opening,
    verify,
)

pytestmark = pytest.mark.django_db


def test_a_bundle_has_the_documented_members_and_verifies(tmp_path: Path) -> None:
    append(9)
    found = bundle()
    names = ["format", "tenant", "public_key", "checkpoint", "leaves", "inclusion", "map", "earlier", "purposes"]
    assert list(found) == names
    assert (found["format"], found["tenant"]) == ("llama-console-ledger/1", str(LLAMAS))
    assert [leaf["sequence"] for leaf in found["leaves"]] == [1, 2, 3, 4, 5]
    assert found["purposes"] == PURPOSES
    assert verify(tmp_path, found, key=base64.b64encode(SIGNER.public_key).decode()) == 0


def test_a_streamed_bundle_is_the_built_one() -> None:
    append(9)
    signed, stream = checkpoint(), io.StringIO()
    write_bundle(stream, LLAMAS, SIGNER.public_key, signed, PURPOSES)
    assert json.loads(stream.getvalue()) == bundle(at=signed)


@pytest.mark.parametrize("others", [0, 1, 2, 40])
def test_a_tenant_without_leaves_has_a_bundle_that_verifies(others: int, tmp_path: Path) -> None:
    if others:
        append(others, *(new_id() for _ in range(others)))
    assert verify(tmp_path, bundle()) == 0


def test_a_bundle_is_of_its_checkpoint_whatever_came_after(tmp_path: Path) -> None:
    append(4)
    signed = checkpoint()
    append(5, OUTSIDERS, new_id(), LLAMAS)
    found = bundle(at=signed)
    assert len(found["leaves"]) == 2
    assert verify(tmp_path, found) == 0


def test_a_later_bundle_lists_the_checkpoints_that_the_tenant_was_given(tmp_path: Path) -> None:
    empty = bundle()
    append(3)
    first = bundle()
    bundle(OUTSIDERS)
    append(400)
    second = bundle()
    assert [each["checkpoint"] for each in second["earlier"]] == [empty["checkpoint"], first["checkpoint"]]
    assert verify(tmp_path, second, first) == 0
    assert verify(tmp_path, second, empty) == 0
    assert Export.objects.filter(tenant=LLAMAS).count() == 3


def test_the_newest_earlier_checkpoints_are_listed_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_module, "_EARLIER", 2)
    given = []
    for _ in range(4):
        append(1)
        given.append(bundle())
    assert [each["checkpoint"] for each in given[-1]["earlier"]] == [each["checkpoint"] for each in given[1:3]]


def test_an_earlier_export_that_somebody_holds_is_listed_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bundle_module, "_EARLIER", 2)
    given = []
    for _ in range(4):
        append(1)
        given.append(bundle())
    append(1)
    signed = checkpoint()
    for asked, listed in ((1, given[0]), (2, given[1])):
        later = proof_bundle(LLAMAS, SIGNER.public_key, signed, PURPOSES, earlier=asked)
        expected = [listed, *given[2:]]
        assert [each["checkpoint"] for each in later["earlier"]] == [each["checkpoint"] for each in expected]  # type: ignore[attr-defined]
        assert verify(tmp_path, later, listed) == 0
    newest = proof_bundle(LLAMAS, SIGNER.public_key, signed, PURPOSES, earlier=4)
    assert len(newest["earlier"]) == 2  # type: ignore[arg-type]
    theirs = proof_bundle(OUTSIDERS, SIGNER.public_key, signed, PURPOSES, earlier=1)
    assert theirs["earlier"] == []
    assert (was_exported(LLAMAS, 1), was_exported(LLAMAS, 9), was_exported(OUTSIDERS, 1)) == (True, False, False)


def test_two_tenants_find_that_they_were_shown_the_same_log(tmp_path: Path) -> None:
    append(6)
    signed = checkpoint()
    mine, theirs = bundle(LLAMAS, signed), bundle(OUTSIDERS, signed)
    assert verify(tmp_path, mine, theirs) == 0
    append(6)
    assert verify(tmp_path, bundle(LLAMAS), theirs) == 0
    assert verify(tmp_path, theirs, bundle(LLAMAS)) == 0


def test_after_an_erasure_the_leaves_still_verify(tmp_path: Path) -> None:
    append(6)
    append_leaf(destruction(), pen=PEN)
    Erasure.objects.create(tenant=LLAMAS)
    LeafBody.objects.filter(tenant=LLAMAS).exclude(type="destruction").delete()
    found = bundle()
    assert ["commitment" in leaf for leaf in found["leaves"]] == [True, True, True, False]
    assert verify(tmp_path, found) == 0


def test_no_bundle_is_made_of_chains_that_contradict_the_checkpoint() -> None:
    append(6)
    signed = checkpoint()
    with without_guards(connections["vault"]), connections["vault"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET sequence = 9")
    with pytest.raises(LedgerError, match="tampered"):
        bundle(at=signed)


def test_leaves_are_linked_across_batches(tmp_path: Path) -> None:
    append(1203, LLAMAS)
    append_leaf(opening(OUTSIDERS), pen=PEN)
    assert verify(tmp_path, bundle()) == 0

"""The audit: silent about an honest log, however it came to be. tests/tampering/ledger has what it must refute."""

import base64
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connections

from ledger import audit as audit_module
from ledger.append import append_leaf
from ledger.audit import audit
from ledger.models import Erasure, Leaf, LeafBody, Subtree
from ledger.subtrees import complete_subtrees
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, PEN, SIGNER, append, checkpoint, destruction

pytestmark = pytest.mark.django_db


def check(key: bytes = SIGNER.public_key) -> tuple[int, str]:
    """Run the command; return exit code and what it prints."""
    out, code = io.StringIO(), 0
    try:
        call_command("check_ledger", f"--key={base64.b64encode(key).decode()}", stdout=out, stderr=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, out.getvalue()


def test_an_empty_log_is_verified() -> None:
    assert audit(SIGNER.public_key).verified


def test_an_honest_log_is_verified() -> None:
    checkpoint(now=1)
    append(5)
    checkpoint(now=2)
    checkpoint(now=3)
    append(600)
    checkpoint(now=3)
    append(7)
    report = audit(SIGNER.public_key)
    assert report.faults == []
    assert (report.leaves, report.tenants, report.checkpoints, report.erased) == (612, 2, 4, 0)


def test_an_erased_tenant_is_no_fault() -> None:
    append(4)
    append_leaf(destruction(), pen=PEN)
    Erasure.objects.create(tenant=LLAMAS)
    LeafBody.objects.filter(tenant=LLAMAS).exclude(type="destruction").delete()
    report = audit(SIGNER.public_key)
    assert (report.faults, report.erased) == ([], 2)


def test_subtrees_finished_during_the_audit_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    append(5)

    def meanwhile(*arguments: Any) -> None:
        append(300)
        complete_subtrees(305)

    monkeypatch.setattr(audit_module._Audit, "_bodies", meanwhile)
    assert audit(SIGNER.public_key).verified


def test_subtrees_stored_in_advance_are_refuted() -> None:
    append(5)
    Subtree.objects.create(level=1, index=0, hash=bytes(32))
    assert audit(SIGNER.public_key).faults == ["Subtree 1/0 is not the hash of its leaves."]


def test_subtrees_that_a_signed_log_lacks_or_that_differ_are_refuted() -> None:
    append(600)
    checkpoint()
    with without_guards(connections["vault"]):
        Subtree.objects.filter(index=0).update(hash=bytes(32))
        Subtree.objects.filter(index=1).delete()
    assert audit(SIGNER.public_key).faults == [
        "Subtree 1/0 is not the hash of its leaves.",
        "Subtree 1/1 is missing.",
    ]


def test_a_checkpoint_of_another_key_is_refuted() -> None:
    append(2)
    checkpoint()
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert ["not signed" in fault for fault in audit(other).faults] == [True]


def test_of_very_many_faults_the_first_are_kept() -> None:
    append(70)
    with without_guards(connections["vault"]):
        Leaf.objects.update(hash=bytes(32))
    assert len(audit(SIGNER.public_key).faults) == 50


def test_the_command_says_what_it_read_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "_EVERY", 2)
    append(4)
    checkpoint()
    code, output = check()
    assert code == 0
    assert "2 of 4 leaves" in output
    assert "Verified: 4 leaves (0 erased) of 2 tenants, 1 checkpoints." in output


def test_the_command_exits_1_when_the_log_is_refuted() -> None:
    append(4)
    with without_guards(connections["vault"]):
        Leaf.objects.filter(position=3).delete()
    code, output = check()
    assert code == 1
    assert "REFUTED" in output


@pytest.mark.parametrize("key", ["", "AAAA", "a key"])
def test_the_command_takes_a_key_in_base64_alone(key: str) -> None:
    with pytest.raises(CommandError, match="32 bytes"):
        call_command("check_ledger", f"--key={key}")

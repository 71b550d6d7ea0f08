"""A bundle as a file: no byte too many, a leaf a line, and none of a log that contradicts itself."""

import io
import json

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from ledger.bundle import write_bundle
from ledger.errors import LedgerError
from ledger.models import Checkpoint, Export
from ledger.notes import open_note
from tests.support.flush import without_guards
from tests.support.ledger import LLAMAS, PURPOSES, SIGNER, append, bundle, checkpoint, resign

pytestmark = pytest.mark.django_db


def test_a_file_has_a_leaf_a_line_and_no_space_between_its_members() -> None:
    append(9)
    stream = io.StringIO()
    write_bundle(stream, LLAMAS, SIGNER.public_key, checkpoint(), PURPOSES)
    lines = stream.getvalue().splitlines()
    found = json.loads(stream.getvalue())
    assert [line.startswith('{"position":') for line in lines].count(True) == len(found["leaves"]) == 5
    assert "".join(lines) == json.dumps(found, separators=(",", ":"))


def test_no_bundle_of_a_log_that_contradicts_itself_is_made_however_often_it_is_tried() -> None:
    append(6)
    signed = checkpoint()
    with without_guards(connections["vault"]), connections["vault"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET sequence = 9")
    with pytest.raises(LedgerError) as refusal:
        bundle(at=signed)
    assert (refusal.value.code, refusal.value.permanent) == ("tampered", True)
    assert not Export.objects.exists()


def test_no_bundle_continues_a_checkpoint_of_a_longer_log() -> None:
    append(3)
    honest = checkpoint()
    longer = open_note(resign(honest.text, size=9), SIGNER.public_key)
    text = resign(honest.text, size=9)
    given = Checkpoint.objects.create(pk=0, size=longer.size, time=longer.time, text=text)
    Export.objects.create(tenant=LLAMAS, checkpoint=given)
    with pytest.raises(LedgerError) as refusal:
        bundle(at=honest)
    assert (refusal.value.code, refusal.value.permanent) == ("tampered", True)


def test_a_bundle_asks_no_more_often_however_many_it_continues() -> None:
    counts = []
    for _ in range(4):
        append(3)
        signed = checkpoint()
        with CaptureQueriesContext(connections["vault"]) as queries:
            bundle(at=signed)
        counts.append(len(queries))
    assert counts[1] == counts[2] == counts[3]

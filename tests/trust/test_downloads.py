"""What an owner takes away: the CSV, the proof bundle and the verifier."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Organization, User
from ledger.models import Checkpoint, Export
from tests.support.ledger import verify
from tests.trust.conftest import URL, Record
from tests.vault.unsealer.running import environment
from trust import rows, verifier
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def lines(client: Client, **query: str) -> list[list[str]]:
    answer = client.get(URL + "data-access.csv", query)
    assert answer["Content-Disposition"].startswith("attachment; ")
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))


def test_the_csv_holds_every_row_of_the_filters_on_all_pages(
    as_owner: Client, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_CHUNK", 7)
    record(60)
    record(purpose="sms")
    assert len(lines(as_owner)) == 62
    assert [line[4] for line in lines(as_owner, purpose="sms")] == ["purpose", "sms"]
    assert [int(line[1]) for line in lines(as_owner)[1:]] == sorted(
        (int(line[1]) for line in lines(as_owner)[1:]), reverse=True
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(as_owner: Client, record: Record, start: str) -> None:
    text = f"{start}cmd|'/c calc'!A1"
    record(actor=text, purpose=text[:24], case=text, fields=[text], subjects=[text], code=text)
    assert not [cell for cell in lines(as_owner)[1] if cell.startswith(start)]


def test_the_csv_holds_whole_lists(as_owner: Client, record: Record) -> None:
    record(fields=[f"f{n}" for n in range(100)])
    assert len(lines(as_owner)[1][6].split()) == 100


def test_the_bundle_proves_the_organizations_own_chain_up_to_now(
    as_owner: Client, organization: Organization, tmp_path: Path
) -> None:
    answer = as_owner.get(URL + "bundle.json")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="llamas-of-lisbon-ledger-20')
    bundle = json.loads(answer.getvalue())
    assert bundle["tenant"] == str(organization.pk)
    actions = [json.loads(leaf["body"]).get("action") for leaf in bundle["leaves"]]
    assert {"organization:created", "member:added", "project:created", None} <= set(actions)
    assert verify(tmp_path, bundle) == 0


def test_the_command_writes_the_same_proof_and_the_next_one_continues_it(
    as_owner: Client, organization: Organization, tmp_path: Path
) -> None:
    earlier = exported(organization)
    as_owner.get(URL)
    later = exported(organization)
    assert len(later["leaves"]) > len(earlier["leaves"])
    assert verify(tmp_path, later, earlier) == 0
    with pytest.raises(CommandError, match="no organization"):
        call_command("export_ledger", organization="nobody")


def test_the_command_writes_a_persons_proof(owner: User, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("export_ledger", user=owner.pk, stdout=out)
    bundle = json.loads(out.getvalue())
    assert (bundle["tenant"], verify(tmp_path, bundle)) == (str(owner.pk), 0)
    with pytest.raises(CommandError, match="no user"):
        call_command("export_ledger", user=UUID(int=1))


@pytest.mark.django_db(transaction=True)
def test_who_has_read_enough_ends_the_command_without_a_traceback(organization: Organization) -> None:
    command = [sys.executable, "manage.py", "export_ledger", "--organization", organization.slug]
    world = environment(Path(), {"UNSEALER_SOCKET": ""})
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "wb") as stdout:
        run = subprocess.run(command, env=world, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")


def test_bundles_that_are_fetched_over_and_over_share_a_checkpoint_and_count_as_one_export(
    as_owner: Client, organization: Organization
) -> None:
    bundles = [json.loads(as_owner.get(URL + "bundle.json").getvalue()) for _ in range(5)]
    assert len({bundle["checkpoint"] for bundle in bundles}) == Checkpoint.objects.count() == 1
    assert Export.objects.filter(tenant=organization.pk).count() == 1


def test_an_export_that_others_pushed_off_is_listed_when_it_is_asked_for(
    as_owner: Client, organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.bundle._EARLIER", 1)
    held = exported(organization)
    size = int(held["checkpoint"].split("\n")[1])
    as_owner.get(URL)
    exported(organization)
    as_owner.get(URL)
    monkeypatch.setattr("trust.proof._SHARED", 0)
    asked = json.loads(as_owner.get(URL + "bundle.json", {"earlier": size}).getvalue())
    assert (len(asked["earlier"]), verify(tmp_path, asked, held)) == (2, 0)
    assert verify(tmp_path, exported(organization, earlier=size), held) == 0
    with pytest.raises(CommandError, match="no former export of 7,000 leaves"):
        exported(organization, earlier=7000)


@pytest.mark.parametrize("size", ["", "x", "-1", "\u0663", "7000", "9" * 30])
def test_an_export_that_there_never_was_is_not_found(as_owner: Client, size: str) -> None:
    assert as_owner.get(URL + "bundle.json", {"earlier": size}).status_code == 404


def test_an_export_of_another_organization_is_not_found(
    as_owner: Client, as_outsider: Client, organization: Organization
) -> None:
    size = exported(organization)["checkpoint"].split("\n")[1]
    assert as_owner.get(URL + "bundle.json", {"earlier": size}).status_code == 200
    theirs = "/o/outsiders/data-access/bundle.json"
    assert as_outsider.get(theirs, {"earlier": size}).status_code == 404
    assert as_outsider.get(theirs).status_code == 200


def test_without_the_unsealer_there_is_no_bundle_and_the_page_says_when_to_come_back(
    as_owner: Client, tmp_path: Path, settings: Any
) -> None:
    settings.UNSEALER_SOCKET = tmp_path / "away.sock"
    unsealer.cache_clear()
    answer = as_owner.get(URL + "bundle.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def exported(organization: Organization, **options: int) -> dict[str, Any]:
    out = io.StringIO()
    call_command("export_ledger", organization=organization.slug, stdout=out, **options)
    bundle: dict[str, Any] = json.loads(out.getvalue())
    return bundle


def test_the_verifier_is_the_file_of_this_installation_and_its_hash_stands_on_the_page(
    as_owner: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "verify_ledger.py"
    file.write_bytes(b"print('verified')\r\n")
    monkeypatch.setattr(verifier, "FILE", file)
    answer = as_owner.get(URL + "verify_ledger.py")
    assert answer.content == file.read_bytes()
    assert answer["Content-Type"].startswith("text/x-python")
    assert answer["Content-Disposition"] == 'attachment; filename="verify_ledger.py"'
    assert hashlib.sha256(answer.content).hexdigest() in as_owner.get(URL).content.decode()

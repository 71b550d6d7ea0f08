"""An archive of one's own data: gathered sealed by the worker, opened by its person alone, gone after a week."""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import erase_user, exports
from accounts.actions.exports import Pieces, make_exports, purge
from accounts.models import DataExport, ExportPart, Project, User
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.models import Action, AuditEvent, LeafBody
from notifications.models import OutboxMessage
from tests.support.outbox import send_all
from trust.archive import gathering, streaming
from trust.archive.gathering import gather
from trust.tasks import make_exports as task
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose

pytestmark = pytest.mark.django_db
URL = "/account/export/"
FILES = {
    "README.txt", "profile.json", "memberships.json", "account.json", "preferences.json", "sessions.json",
    "devices.json", "sign-in.json", "messages.json", "api-keys.json", "usage-views.json", "events.json",
    "ledger/entries.csv", "ledger/bundle.json", "ledger/verify_ledger.py",
}  # fmt: skip


def made(client: Client, user: User) -> DataExport:
    assert client.post(URL).status_code == 302
    task()
    return DataExport.objects.get(user=user)


def download(client: Client, export: DataExport) -> zipfile.ZipFile:
    answer = client.post(f"{URL}{export.pk}/archive/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(name))


def link() -> str:
    send_all()
    (found,) = set(re.findall(r"/account/export/[\w-]{43}/", str(mail.outbox[-1].body)))
    return found


def own_openings(user: User) -> list[Any]:
    leaves = LeafBody.objects.filter(tenant=user.pk, type="opening", purpose="own-account").order_by("position")
    return [json.loads(leaf.text) for leaf in leaves]


def test_the_archive_holds_what_is_kept_about_a_person(
    as_owner: Client, owner: User, project: Project, tmp_path: Path
) -> None:
    owner.location, owner.date_of_birth, owner.phone = "Évora", date(1987, 6, 5), "+351912000111"
    owner.save()
    issue_key(Actor.user(owner.pk), project=project, name="nightly", creator=owner)
    owner.devices.create(token_hash=b"0" * 32, agent="Firefox on Linux")
    archive = download(as_owner, made(as_owner, owner))
    assert set(archive.namelist()) == FILES
    assert archive.testzip() is None
    assert read(archive, "profile.json") == {
        "name": "Olivia Owner", "email": "olivia@example.com", "phone": "+351912000111", "location": "Évora",
        "date_of_birth": "1987-06-05", "new_or_former_emails": [], "new_or_former_phones": [],
    }  # fmt: skip
    (membership,) = read(archive, "memberships.json")
    assert (membership["organization"], membership["role"]) == ("Llamas of Lisbon", "owner")
    (key,) = read(archive, "api-keys.json")
    assert (key["name"], key["project"]) == ("nightly", project.name)
    assert key["hint"].startswith("llk_…")
    assert read(archive, "devices.json")[0]["agent"] == "Firefox on Linux"
    assert "key:created" in {event["action"] for event in read(archive, "events.json")}
    assert read(archive, "account.json")["id"] == str(owner.pk)
    archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "verify_ledger.py", "bundle.json"],
        cwd=tmp_path / "ledger", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "VERIFIED" in done.stdout) == (0, True), done.stdout


def test_the_worker_opens_nothing_and_what_it_gathers_is_sealed(as_owner: Client, owner: User) -> None:
    as_owner.post(URL)
    before = LeafBody.objects.filter(type="opening").count()
    task()
    assert LeafBody.objects.filter(type="opening").count() == before
    for part in ExportPart.objects.all():
        assert str(part.content) == "<Sealed>"
        with pytest.raises(VaultError):
            disclose(
                Purpose.OWN_ACCOUNT,
                actor=Actor.system("worker"),
                tenant=owner.pk,
                fields=[ExportPart.content],
                subjects=[part.pk],
            ).__enter__()


def test_the_download_is_the_disclosure(as_owner: Client, owner: User) -> None:
    export = made(as_owner, owner)
    before = len(own_openings(owner))
    as_owner.get(URL)
    assert len(own_openings(owner)) == before
    download(as_owner, export)
    profile, parts = own_openings(owner)[before:]
    assert profile["fields"] == ["accounts.User.email", "accounts.User.name"]
    assert parts["fields"] == ["accounts.ExportPart.content"]
    assert AuditEvent.objects.filter(action=Action.EXPORT_DOWNLOADED, target=str(export.pk)).count() == 1


def test_a_letter_brings_a_link_that_opens_nothing_by_itself(
    as_owner: Client, owner: User, as_outsider: Client, client: Client
) -> None:
    made(as_owner, owner)
    found = link()
    assert mail.outbox[-1].to == ["olivia@example.com"]
    assert as_owner.get(found).status_code == 200
    assert as_outsider.get(found).status_code == 410
    assert client.get(found)["Location"].startswith("/sign-in/")
    unconfirmed = Client()
    unconfirmed.force_login(owner)
    assert unconfirmed.get(found)["Location"].startswith("/account/confirm/")


def test_a_foreign_archive_is_as_one_that_is_not_there(as_owner: Client, owner: User, as_outsider: Client) -> None:
    export = made(as_owner, owner)
    for answer in (as_outsider.post(f"{URL}{export.pk}/archive/"), as_owner.post(f"{URL}{owner.pk}/archive/")):
        assert answer.status_code == 404
    assert b"Make the archive" in as_outsider.get(URL).content


@pytest.mark.parametrize("path", ["", "01a21393-9e1a-730a-a9c0-3ee8564f7fae/archive/", "x" * 43 + "/"])
def test_each_takes_signing_in_and_a_recent_sign_in(client: Client, owner: User, path: str) -> None:
    ask = client.post if path.endswith("archive/") else client.get
    assert ask(URL + path)["Location"].startswith("/sign-in/")
    client.force_login(owner)
    assert ask(URL + path)["Location"].startswith("/account/confirm/")
    assert client.post(URL)["Location"].startswith("/account/confirm/")
    assert not DataExport.objects.exists()


def test_an_archive_is_gone_after_a_week(as_owner: Client, owner: User) -> None:
    export, week = made(as_owner, owner), timezone.now() + timedelta(days=7, seconds=1)
    found = link()
    assert purge(timezone.now()) == 0
    DataExport.objects.update(expires_at=timezone.now())
    assert as_owner.post(f"{URL}{export.pk}/archive/").status_code == 404
    assert as_owner.get(found).status_code == 410
    assert purge(week) == 1
    assert not ExportPart.objects.exists()


def test_a_new_archive_takes_the_place_of_the_former_one_and_asking_is_bounded(as_owner: Client, owner: User) -> None:
    first = made(as_owner, owner)
    assert made(as_owner, owner) != first
    as_owner.post(URL)
    assert b"too often" in as_owner.post(URL, follow=True).content
    assert DataExport.objects.count() == 1


def test_an_erasure_takes_archives_with_it(as_member: Client, member: User) -> None:
    made(as_member, member)
    erase_user(Actor.operator(), member)
    assert not ExportPart.objects.exists()


def test_a_long_history_is_gathered_and_sent_in_small_pieces(
    as_owner: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    OutboxMessage.objects.bulk_create(
        OutboxMessage(kind="new-device", subject_id=owner.pk, recipient_id=owner.pk, sent_at=timezone.now())
        for _ in range(400)
    )
    monkeypatch.setattr(gathering, "PIECE", 4096)
    monkeypatch.setattr(streaming, "_AT_ONCE", 2)
    export = made(as_owner, owner)
    assert export.parts.filter(file="messages.json").count() > 10
    archive = download(as_owner, export)
    assert len(read(archive, "messages.json")) >= 400
    assert len(own_openings(owner)) >= export.parts.count() // 2, "a few pieces a disclosure, each recorded"


def failing(user: User) -> Pieces:
    yield "account.json", b"{}"
    raise RuntimeError("secret words")


def test_a_failure_is_tried_again_a_few_times_and_its_text_is_not_logged(
    as_owner: Client, owner: User, outsider: User, as_outsider: Client, caplog: pytest.LogCaptureFixture
) -> None:
    as_owner.post(URL)
    assert make_exports(failing, timezone.now()) == 0
    assert DataExport.objects.get().attempts == 3
    assert "secret words" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert b"could not be made" in as_owner.get(URL).content
    as_outsider.post(URL)
    task()
    assert DataExport.objects.ready(timezone.now()).get().user == outsider, "it keeps nobody else waiting"
    made(as_owner, owner)


def test_one_that_a_dead_worker_began_is_made_anew_once_its_lease_is_over(as_owner: Client, owner: User) -> None:
    as_owner.post(URL)
    pieces = gather(owner)
    export = exports._claim(timezone.now())
    assert export
    exports._keep(export, 0, *next(pieces))
    task()
    assert not DataExport.objects.ready(timezone.now()).exists(), "somebody is at it"
    make_exports(gather, timezone.now() + timedelta(minutes=11))
    ready = DataExport.objects.get()
    assert ready.ready_at
    assert ready.parts.filter(file="account.json").count() == 1


def test_a_worker_that_lost_its_lease_stops(as_owner: Client, owner: User) -> None:
    as_owner.post(URL)

    def slow(user: User) -> Iterator[tuple[str, bytes]]:
        yield "account.json", b"{}"
        DataExport.objects.update(claimed_at=timezone.now() + timedelta(seconds=1))  # somebody else took it over
        yield "devices.json", b"[]"

    assert make_exports(slow, timezone.now()) == 0
    assert ExportPart.objects.count() == 1
    assert not DataExport.objects.ready(timezone.now()).exists()

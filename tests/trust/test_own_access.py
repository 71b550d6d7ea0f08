"""Who opened one's own data: a page for everybody, of their own chain alone, with the CSV and the proof."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts import directory
from accounts.models import Organization, User
from ledger.actor import Actor
from ledger.models import LeafBody
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose

pytestmark = pytest.mark.django_db
URL = "/account/data-access/"
PAGES = ("", "data-access.csv", "bundle.json", "verify_ledger.py")


def opened_for_email(user: User, times: int = 1) -> None:
    for _ in range(times):
        with disclose(
            Purpose.EMAIL_NOTIFICATION,
            actor=Actor.system("notifications"),
            tenant=user.pk,
            fields=[User.email],
            subjects=[user.pk],
        ) as scope:
            scope.open(user.email)


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    content: Any = client.get(f"{URL}data-access.csv{query}").getvalue()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content.decode().lstrip("\ufeff"))))


def test_it_shows_what_others_opened_and_of_ones_own_openings_a_count(as_owner: Client, owner: User) -> None:
    opened_for_email(owner, 2)
    as_owner.get("/account/profile/edit/")
    page = as_owner.get(URL).content.decode()
    assert "Your sealed data was opened <b>2 times</b>" in page
    assert "For you and your organizations’ members: own account 1 time" in page
    assert "organization’s sealed data" not in page
    assert {line["actor"] for line in lines(as_owner)} == {"system:notifications"}
    assert {line["actor"] for line in lines(as_owner, "?by=members")} == {f"user:{owner.pk}"}


def test_a_colleague_who_opened_ones_name_is_shown_among_members(
    as_member: Client, member: User, owner: User, organization: Organization
) -> None:
    directory.rebuild(Actor.user(owner.pk), organization=organization)
    assert f"user:{owner.pk}" in {line["actor"] for line in lines(as_member, "?by=members")}
    assert "for a purpose that is not theirs" not in as_member.get(URL).content.decode()


def test_refusals_are_shown_too(as_owner: Client, owner: User, outsider: User) -> None:
    with pytest.raises(VaultError):
        disclose(
            Purpose.OWN_ACCOUNT, actor=Actor.user(outsider.pk), tenant=owner.pk, fields=[User.name], subjects=[owner.pk]
        ).__enter__()
    assert "1 attempt was refused" in as_owner.get(URL).content.decode()
    assert [line["actor"] for line in lines(as_owner, "?show=refusals&by=members")] == [f"user:{outsider.pk}"]


def test_nobody_sees_another_persons_record(as_outsider: Client, owner: User, as_owner: Client) -> None:
    opened_for_email(owner, 3)
    assert lines(as_outsider) == []
    bundle = json.loads(as_outsider.get(f"{URL}bundle.json").getvalue())  # type: ignore[attr-defined]
    assert bundle["tenant"] != str(owner.pk)
    assert str(owner.pk) not in json.dumps(bundle)


def test_the_bundle_is_verified_by_the_file_beside_it(as_owner: Client, owner: User, tmp_path: Path) -> None:
    opened_for_email(owner)
    for name in ("bundle.json", "verify_ledger.py"):
        answer = as_owner.get(URL + name)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        (tmp_path / name).write_bytes(content)
        assert answer["Cache-Control"] == "no-store"
    done = subprocess.run(
        [sys.executable, "verify_ledger.py", "bundle.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout
    assert str(owner.pk) in done.stdout


def test_looking_opens_nothing(as_owner: Client, owner: User) -> None:
    opened_for_email(owner)
    before = LeafBody.objects.filter(type="opening").count()
    for page in PAGES[:2]:
        as_owner.get(URL + page)
    assert LeafBody.objects.filter(type="opening").count() == before


def test_the_page_asks_as_often_for_many_openings_as_for_few(
    as_owner: Client, owner: User, django_assert_max_num_queries: Any
) -> None:
    opened_for_email(owner, 30)
    for url, most in ((URL, 24), ("/account/profile/", 12)):
        as_owner.get(url)
        with django_assert_max_num_queries(most):
            as_owner.get(url)
        with django_assert_max_num_queries(15, connection=connections["vault"]):
            as_owner.get(url)


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_not_signed_in_signs_in_first(client: Client, page: str) -> None:
    assert client.get(URL + page)["Location"].startswith("/sign-in/")

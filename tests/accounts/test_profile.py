"""One's own profile: shown sealed, opened on request alone, and changed by its person alone."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import directory
from accounts.models import Organization, User
from accounts.profile import FIELDS, open_values
from ledger.actor import Actor
from ledger.models import Action, AuditEvent, LeafBody
from vault.disclosure import disclose
from vault.held import HELD
from vault.purposes import RULES, Purpose

pytestmark = pytest.mark.django_db
URL, EDIT = "/account/profile/", "/account/profile/edit/"
FULL = {
    "name": "Olivia Ólafsdóttir",
    "location": "Lisbon",
    "date_of_birth": "1987-06-05",
    "language": "de",
    "time_zone": "Europe/Lisbon",
}
EMPTY = FULL | {"name": "", "location": "", "date_of_birth": ""}


def openings(user: User) -> int:
    return LeafBody.objects.filter(tenant=user.pk, type="opening").count()


def values(user: User) -> dict[str, Any]:
    return open_values(User.objects.get(pk=user.pk))


def errors(client: Client, **changes: str) -> set[str]:
    answer = client.post(EDIT, FULL | changes)
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


def test_the_page_tells_what_is_held_and_why_and_opens_nothing(as_owner: Client, owner: User) -> None:
    before = openings(owner)
    text = as_owner.get(URL).content.decode()
    assert openings(owner) == before
    assert "Only to send you text messages." in text
    assert text.count("Not given") == 3, "phone, location and date of birth"
    assert not {"Olivia Owner", "olivia@example.com"} & set(text.split("<"))
    assert "olivia@" not in text


def test_it_tells_how_often_each_field_was_opened_and_by_whom_last(as_owner: Client, owner: User) -> None:
    actor = Actor.system("notifications")
    for _ in range(2):
        with disclose(
            Purpose.EMAIL_NOTIFICATION, actor=actor, tenant=owner.pk, fields=[User.email], subjects=[owner.pk]
        ) as scope:
            scope.open(owner.email)
    as_owner.get(EDIT)
    before = {held.name: held.opened for held in as_owner.get(URL).context["held"]}
    email, name = before["email"], before["name"]
    assert (email.count, email.own, email.by.label, email.purpose) == (3, 1, "You", "Own account")
    assert (name.count, name.own) == (1, 1)
    assert before["location"] is None
    assert email.at <= timezone.now()


def test_openings_of_others_and_of_long_ago_are_not_told(as_owner: Client, owner: User, as_member: Client) -> None:
    as_member.get(EDIT)
    assert {held.opened for held in as_owner.get(URL).context["held"]} == {None}


def test_asking_for_it_opens_all_of_it_in_one_disclosure(as_owner: Client, owner: User) -> None:
    before = openings(owner)
    answer = as_owner.get(EDIT)
    assert openings(owner) == before + 1
    assert {"Olivia Owner", "olivia@example.com"} <= {
        answer.context["form"]["name"].value(),
        answer.context["email"],
    }
    assert "no-store" in answer["Cache-Control"]
    leaf = LeafBody.objects.filter(tenant=owner.pk, type="opening").latest("position")
    said = json.loads(leaf.text)
    assert said["fields"] == ["accounts.User.email", "accounts.User.name"]
    assert leaf.purpose == "own-account"
    as_owner.head(EDIT)
    assert openings(owner) == before + 1, "what nobody reads is not opened"


def test_what_is_saved_opens_again_and_the_event_names_fields_alone(as_owner: Client, owner: User) -> None:
    assert as_owner.post(EDIT, FULL)["Location"] == URL
    assert values(owner) | {"email": "", "phone": ""} == {
        "name": FULL["name"], "location": "Lisbon", "date_of_birth": date(1987, 6, 5), "email": "", "phone": "",
    }  # fmt: skip
    fresh = User.objects.get(pk=owner.pk)
    assert (fresh.language, fresh.time_zone) == ("de", "Europe/Lisbon")
    event = AuditEvent.objects.get(action=Action.PROFILE_CHANGED)
    assert event.payload == {"fields": "name location date_of_birth language time_zone"}
    assert (event.actor, event.target) == (f"user:{owner.pk}", str(owner.pk))
    as_owner.post(EDIT, FULL)
    assert AuditEvent.objects.filter(action=Action.PROFILE_CHANGED).count() == 1, "nothing was changed"


def test_it_is_said_in_the_language_that_was_chosen_now(as_owner: Client) -> None:
    page = as_owner.post(EDIT, FULL, follow=True).content.decode()
    assert "Gespeichert." in page
    page = as_owner.post(EDIT, FULL | {"language": "en"}, follow=True).content.decode()
    assert "Saved." in page


def test_a_cleared_field_is_null(as_owner: Client, owner: User) -> None:
    as_owner.post(EDIT, FULL)
    as_owner.post(EDIT, EMPTY | {"location": "   "})
    row = User.objects.filter(name__isnull=True, location__isnull=True, date_of_birth__isnull=True)
    assert row.filter(pk=owner.pk).exists()


def test_a_new_name_is_found_in_each_of_their_organizations(
    as_owner: Client, owner: User, organization: Organization
) -> None:
    actor = Actor.user(owner.pk)
    assert not directory.search(actor, organization=organization, text="Ólafs")
    as_owner.post(EDIT, FULL)
    (found,) = directory.search(actor, organization=organization, text="Ólafs")
    assert found.user_id == owner.pk
    as_owner.post(EDIT, EMPTY)
    assert not directory.search(actor, organization=organization, text="Ólafs")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 121),
        ("name", "a\nb"),
        ("name", "a\x07b"),
        ("name", "a\u202eb"),
        ("location", "y" * 121),
        ("location", "a\x85b"),
        ("date_of_birth", "1899-12-31"),
        ("date_of_birth", (timezone.now() + timedelta(days=2)).date().isoformat()),
        ("date_of_birth", "yesterday"),
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(as_owner: Client, owner: User, field: str, value: str) -> None:
    before = openings(owner)
    assert errors(as_owner, **{field: value}) == {field}
    assert openings(owner) == before, "a mistake opens nothing"


def test_a_long_name_in_letters_that_cost_the_most_fits(as_owner: Client, owner: User) -> None:
    assert as_owner.post(EDIT, FULL | {"name": "𝒪" * 120, "location": "𝒪" * 120}).status_code == 302
    assert values(owner)["location"] == "𝒪" * 120


@pytest.mark.parametrize("url", [URL, EDIT])
def test_whoever_is_not_signed_in_signs_in_first(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/sign-in/")
    assert client.post(url)["Location"].startswith("/sign-in/")


def test_one_persons_page_says_and_changes_nothing_of_another(as_outsider: Client, outsider: User, owner: User) -> None:
    as_outsider.post(EDIT, FULL)
    assert values(owner)["name"] == "Olivia Owner"
    assert openings(owner) <= openings(outsider) + 10
    assert "Olivia Owner" not in as_outsider.get(EDIT).content.decode()


def test_each_field_of_the_profile_says_why_it_is_held_and_no_more_than_the_purposes_hold() -> None:
    assert set(HELD) == {f"accounts.User.{name}" for name in FIELDS}
    by_program = {
        label: {p for p, rule in RULES.items() if label in rule.fields and not (rule.granted or rule.inside)}
        for label in HELD
    }
    assert by_program["accounts.User.phone"] == {Purpose.OWN_ACCOUNT, Purpose.SMS}
    for label, because in HELD.items():
        assert ("no message and nobody else’s page" in because) == (by_program[label] == {Purpose.OWN_ACCOUNT})

"""The audit log in German: whole sentences in the order of that language, and files as in English."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Project, User
from billing.actions.dunning import DUNNER
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.models import Action
from tests.trust.audit.conftest import URL, Happen
from tests.trust.audit.test_log import rows_of, sentence, text_of
from trust.audit import words
from vault.events import record_pending

pytestmark = pytest.mark.django_db


@pytest.fixture
def german(as_owner: Client, owner: User) -> Client:
    User.objects.filter(pk=owner.pk).update(language="de")
    return as_owner


def test_a_sentence_has_its_names_where_german_has_them(german: Client, owner: User, project: Project) -> None:
    issue_key(Actor.user(owner.pk), project=project, name="nightly <b>")
    record_pending()
    answer = german.get(URL)
    assert sentence(rows_of(answer)[0]) == "Sie: API-Schlüssel nightly <b> angelegt"
    assert "<b><bdi>Sie</bdi></b>: API-Schlüssel <b><bdi>nightly &lt;b&gt;</bdi></b>" in text_of(answer)


def test_who_something_was_done_to_is_told_in_the_case_of_the_sentence(
    german: Client, owner: User, member: User, happen: Happen
) -> None:
    happen(Action.MEMBER_ROLE_CHANGED, target=owner.pk)
    happen(Action.MEMBER_ADDED, target=member.pk)
    added, changed = rows_of(german.get(URL))[:2]
    assert sentence(changed) == "Betreiber am Server: Rolle von Ihnen geändert"
    assert sentence(added) == "Betreiber am Server: Mitgliedschaft von einem Mitglied eingetragen"


def test_what_the_console_did_itself_is_told_by_what_it_is_called(german: Client, happen: Happen) -> None:
    happen(Action.BILLING_SUSPENDED, actor=DUNNER)
    assert sentence(rows_of(german.get(URL))[0]).startswith("Abrechnung: Abrechnungskonto ")


@pytest.mark.parametrize("action", sorted(words.WORDS))
def test_every_action_has_a_sentence_with_who_did_it(action: str) -> None:
    english = words.of_action(action)
    with translation.override("de"):
        german = words.of_action(action)
    assert german != english
    assert words.PLACE.findall(german).count("who") == words.PLACE.findall(english).count("who") == 1


def test_what_is_wrong_with_an_entry_or_a_search_is_told(german: Client, happen: Happen) -> None:
    happen(is_recorded=False)
    assert rows_of(german.get(URL))[0].warning.startswith("Wartet auf seinen Eintrag")
    said = german.get(URL, {"q": "who:me action:nothing since:yesterday"}).context["faults"]
    assert said == (
        "„who:“ ist kein Suchfeld. Nehmen Sie action:, actor:, target:, project:, since:, until:.",
        "„yesterday“ ist kein Datum. Schreiben Sie since:2026-11-25 oder since:2026-11-25T14:30.",
    )
    assert german.get(URL, {"q": "action:nothing"}).context["faults"] == ("Es gibt keine Aktion „nothing“.",)


def test_files_are_the_same_in_every_language(german: Client, owner: User, happen: Happen) -> None:
    happen(Action.MEMBER_ROLE_CHANGED, target=owner.pk)
    in_german: list[bytes] = [german.get(f"{URL}export.{form}").getvalue() for form in ("csv", "json", "ndjson")]  # type: ignore[attr-defined]
    User.objects.filter(pk=owner.pk).update(language="en")
    assert in_german == [german.get(f"{URL}export.{form}").getvalue() for form in ("csv", "json", "ndjson")]  # type: ignore[attr-defined]
    assert "member.role-changed" in in_german[0].decode()

"""The table of kinds: each has a sample, none tells more than it must, and each is sent by a room."""

import inspect

import pytest
from django.apps import apps
from django.utils.module_loading import module_has_submodule

from accounts.models.membership import Role
from notifications import notices
from notifications.kinds import Kind
from notifications.kinds.privacy import FIELDS, PURPOSES
from notifications.kinds.team import ROLES
from notifications.models import Channel, Priority
from tests.notifications.messages.conftest import ALL, TEXTS, letter, words
from vault.purposes import RULES

# What messages may tell. No fact here is a person's name, address or number, and none may become one.
FACTS = {
    *("organization", "project", "model", "key", "keys", "host", "name", "passkey"),  # names of things
    *("at", "on", "since", "until", "due", "again", "days", "kept", "hours", "minutes"),  # times
    *("amount", "balance", "budget", "cap", "forecast", "spent", "threshold", "usual", "percent"),  # money
    *("url", "link", "decline_url", "refusal", "code"),
    *("browser", "system", "factor", "role"),
    *("case", "number", "receipt", "fields", "purpose"),
    *("failures", "left", "is_gone", "is_revoked", "is_declined", "is_settled", "is_carried", "is_day", "stops"),
    *("items", "more"),  # of the summary: other messages' subjects
}
# Kinds that no room sends yet. Take a line out with the notice that sends it.
UNSENT = {
    "support-closed",
    "support-reply",
}
REQUIRED = {
    "account-deleted",
    "already-registered",
    "auto-recharge-off",
    "confirm-contact",
    "data-opened",
    "deletion-cancelled",
    "deletion-scheduled",
    "dispute",
    "email-changed",
    "export-ready",
    "factor-added",
    "factor-removed",
    "invitation",
    "key-leaked",
    "new-device",
    "organization-deleted",
    "organization-deletion-cancelled",
    "organization-deletion-scheduled",
    "passkey-refused",
    "password-changed",
    "password-reset",
    "payment-action",
    "payment-failed",
    "phone-changed",
    "phone-left",
    "recovery-code-used",
    "recovery-codes-made",
    "resumed",
    "summary",  # it is there for whoever chose it
    "suspended",
    "verify-email",
    "verify-new-email",
    "verify-phone",
}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_a_kind_has_a_sample_of_all_its_facts(kind: Kind) -> None:
    assert set(inspect.signature(kind.word).parameters) == set(kind.sample)
    assert words(kind).subject or kind.channels == (Channel.SMS,)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_a_kind_is_told_nothing_about_a_person(kind: Kind) -> None:
    assert set(kind.sample) <= FACTS


def test_what_no_room_sends_is_listed_here() -> None:
    rooms = [app for app in apps.get_app_configs() if module_has_submodule(app.module, "notices")]
    assert len(rooms) >= 3
    assert {kind.name for kind in ALL} - notices.registered() == UNSENT


def test_nobody_can_switch_off_what_protects_them() -> None:
    assert {kind.name for kind in ALL if kind.required} == REQUIRED
    assert {kind.name for kind in ALL if kind.priority == Priority.SECURITY} <= REQUIRED


def test_what_holds_a_link_or_code_for_its_reader_alone_is_secret() -> None:
    """Samples shorten such links, and no others."""
    assert {kind.name for kind in ALL if kind.secret} == {
        kind.name for kind in ALL if "code" in kind.sample or any("…" in str(fact) for fact in kind.sample.values())
    }


def test_a_kind_has_a_text_message_if_and_only_if_it_can_go_as_one() -> None:
    assert {kind.name for kind in ALL if words(kind).short} == {kind.name for kind in TEXTS}


def test_each_role_is_explained() -> None:
    assert set(ROLES) == {role.value for role in Role}


def test_each_field_and_purpose_of_an_opening_by_staff_has_a_name() -> None:
    granted = {purpose: rule for purpose, rule in RULES.items() if rule.granted}
    assert set(PURPOSES) == set(granted)
    assert set(FIELDS) == {field for rule in granted.values() for field in rule.fields}


def test_an_opening_tells_the_fields_the_purpose_the_case_the_time_and_where_to_look() -> None:
    (kind,) = (kind for kind in ALL if kind.name == "data-opened")
    text = letter(kind).text
    for part in ("Email and Mobile phone", "Your request to support", "S-1042", "November 24, 2026, 08:30 UTC"):
        assert part in text
    assert "/data-access/" in text


def test_a_reply_of_support_is_not_in_the_message_about_it() -> None:
    (kind,) = (kind for kind in ALL if kind.name == "support-reply")
    assert set(kind.sample) == {"case", "at", "url"}

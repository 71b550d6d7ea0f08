"""The table of purposes, read the other way round: by field and by who asks, what opens without a grant, and why."""

import pytest

from ledger.actor import Actor
from ledger.ids import new_id
from vault.places import columns
from vault.purposes import RULES, Purpose, fields_by_purpose, opens

OWN, TEAM = Purpose.OWN_ACCOUNT, Purpose.TEAM_ADMINISTRATION
OWNED = {OWN, Purpose.AUTHENTICATION}
GRANTED = {Purpose.SUPPORT_REQUEST, Purpose.ACCEPTABLE_USE, Purpose.LEGAL_OBLIGATION}


@pytest.mark.parametrize(
    ("field", "purposes"),
    [
        ("accounts.User.name", {OWN, TEAM}),
        ("accounts.User.email", {OWN, TEAM, Purpose.EMAIL_NOTIFICATION}),
        ("accounts.User.phone", {OWN, Purpose.SMS}),
        ("accounts.User.location", {OWN}),
        ("accounts.User.date_of_birth", {OWN}),
        ("accounts.Membership.role", {TEAM, Purpose.AUTHORIZATION}),
        ("accounts.Totp.secret", {Purpose.AUTHENTICATION}),
        ("accounts.Directory.entries", {TEAM, Purpose.ERASURE}),
        ("content.StoredExchange.request", set()),
        ("content.StoredExchange.response", set()),
    ],
)
def test_a_field_is_released_without_a_grant_for_these_purposes_alone(field: str, purposes: set[Purpose]) -> None:
    released = {purpose for purpose, rule in RULES.items() if not rule.inside and not rule.granted}
    assert {purpose for purpose in released if opens(purpose, field)} == purposes


def test_a_grant_and_resealing_reach_all_that_is_sealed_and_nothing_else() -> None:
    everything = {label for label in columns() if label.startswith(("accounts.User", "accounts.Mem", "accounts.Dir"))}
    everything |= {label for label in columns() if label.startswith("content.")}
    for purpose in GRANTED:
        assert RULES[purpose].fields == everything
    # Nobody's case needs the secret of a webhook or of an app for codes; they are sealed anew like all the rest.
    secrets = {"accounts.Totp.secret", "notifications.SigningSecret.secret"}
    assert RULES[Purpose.REKEYING].fields == everything | secrets


def test_staff_open_under_a_grant_alone_and_nobody_else_does() -> None:
    assert {purpose for purpose, rule in RULES.items() if rule.granted} == GRANTED
    assert {purpose for purpose, rule in RULES.items() if rule.admits(Actor.staff("ana"))} == GRANTED
    for purpose in GRANTED:
        others = (Actor.operator(), Actor.user(new_id()), Actor.system("notifications"))
        assert not any(RULES[purpose].admits(actor) for actor in others)


def test_a_person_opens_what_is_their_own_and_what_their_organization_manages() -> None:
    person = Actor.user(new_id())
    program = {TEAM, Purpose.AUTHORIZATION, Purpose.BILLING, Purpose.ERASURE}
    assert {purpose for purpose, rule in RULES.items() if rule.admits(person)} == OWNED | program
    assert {purpose for purpose, rule in RULES.items() if rule.own} == OWNED
    for part in (Actor.system("worker"), Actor.parse(f"key:{new_id()}")):
        assert {purpose for purpose, rule in RULES.items() if rule.admits(part)} == program


def test_only_the_operators_command_reseals_and_it_releases_nothing() -> None:
    assert {purpose for purpose, rule in RULES.items() if rule.inside} == {Purpose.REKEYING}
    assert RULES[Purpose.REKEYING].admits(Actor.operator())
    assert not any(RULES[Purpose.REKEYING].admits(actor) for actor in (Actor.system("worker"), Actor.user(new_id())))


@pytest.mark.parametrize("purpose", [Purpose.EMAIL_NOTIFICATION, Purpose.SMS])
def test_only_the_notifications_worker_sends(purpose: Purpose) -> None:
    assert RULES[purpose].admits(Actor.system("notifications"))
    others = (Actor.system("gateway"), Actor.user(new_id()), Actor.operator(), Actor.staff("notifications"))
    assert not any(RULES[purpose].admits(actor) for actor in others)


def test_the_published_table_names_every_purpose_and_its_fields_in_order() -> None:
    published = fields_by_purpose()
    assert set(published) == {purpose.value for purpose in Purpose}
    assert published["team-administration"] == sorted(RULES[TEAM].fields)
    assert published["billing"] == []

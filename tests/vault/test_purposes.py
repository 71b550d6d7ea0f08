"""The table of purposes, read the other way round: by field and by who asks, what opens without a grant, and why."""

import pytest

from vault.places import columns
from vault.purposes import RULES, Purpose, opens

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
        ("accounts.IdentityProvider.client_secret", {Purpose.SINGLE_SIGN_ON}),
        ("accounts.Directory.entries", {TEAM, Purpose.ERASURE}),
        ("accounts.SpareAddress.email", {OWN, Purpose.EMAIL_NOTIFICATION}),
        ("accounts.SparePhone.phone", {OWN, Purpose.SMS}),
        ("accounts.ExportPart.content", {OWN}),
        ("accounts.BillingContact.email", {TEAM, Purpose.EMAIL_NOTIFICATION, Purpose.ERASURE}),
        ("accounts.Invitation.email", {TEAM, Purpose.EMAIL_NOTIFICATION, Purpose.ERASURE}),
        ("accounts.Invitation.access", {TEAM, Purpose.AUTHORIZATION}),
        ("content.StoredExchange.request", {Purpose.OWN_CONTENT}),
        ("content.StoredExchange.response", {Purpose.OWN_CONTENT}),
    ],
)
def test_a_field_is_released_without_a_grant_for_these_purposes_alone(field: str, purposes: set[Purpose]) -> None:
    released = {purpose for purpose, rule in RULES.items() if not rule.inside and not rule.granted}
    assert {purpose for purpose in released if opens(purpose, field)} == purposes


def test_a_grant_and_resealing_reach_all_that_is_sealed_and_nothing_else() -> None:
    # Nobody's case needs what signs a webhook, proves a person or this console, or waits to be taken away by a person;
    # it is sealed anew like all the rest.
    secrets = {"notifications.SigningSecret.secret", "accounts.Totp.secret", "accounts.ExportPart.content"}
    secrets |= {"accounts.IdentityProvider.client_secret"}
    known = {label for label in columns() if not label.startswith("accounts.Specimen.")}  # of other tests
    everything = {label for label in known if label.startswith(("accounts.", "content."))} - secrets
    for purpose in GRANTED:
        assert RULES[purpose].fields == everything
    assert RULES[Purpose.REKEYING].fields == everything | secrets

"""A team of Olivia's: somebody of each role, with factors and times of their own."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import step_up
from accounts.actions import add_member
from accounts.entries import Contact
from accounts.models import Membership, Organization, Role, Totp, User
from ledger.actor import Actor
from tests.conftest import person

OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/members/"
PEOPLE = {
    Role.ADMIN: Contact("Ada Admin", "ada@example.com"),
    Role.DEVELOPER: Contact("Dan Developer", "dan@example.com"),
    Role.BILLING: Contact("", "bill@example.com"),
    Role.VIEWER: Contact("Vera Viewer", "vera@example.com"),
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    step_up.mark(session)
    session.save()
    return client


def membership_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


@pytest.fixture
def team(organization: Organization) -> dict[Role, User]:
    """Ada has a passkey, Dan an app; Vera was here yesterday and nobody else was."""
    people = {}
    for role, contact in PEOPLE.items():
        people[role] = person(contact.email, name=contact.name or None)
        add_member(OPERATOR, organization=organization, user=people[role], role=role, contact=contact)
    people[Role.ADMIN].passkeys.create(name="Key", credential_id=b"ada", public_key=b"", sign_count=0)
    Totp.objects.create(user=people[Role.DEVELOPER], secret="x", confirmed_at=timezone.now())
    Totp.objects.create(user=people[Role.VIEWER], secret="x")  # not confirmed
    yesterday = timezone.now() - timedelta(days=1)
    Membership.objects.filter(user=people[Role.VIEWER]).update(seen_at=yesterday)
    return people

"""Invitations to Olivia's organization, and the letters that carry them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import step_up
from accounts.actions import add_member, hash_token, invite
from accounts.actions.invitation_answers import find
from accounts.actions.invitations import Offer
from accounts.addressees import Verdict
from accounts.models import Invitation, Organization, Role, User
from accounts.policy import Access
from ledger.actor import Actor
from notifications.models import WindowCount
from tests.conftest import person
from tests.support.outbox import send_all

OPERATOR = Actor.operator()
NEW = "Nina.New@joiners.example"
Invite = Callable[..., list[Verdict]]


def tomorrow() -> None:
    """Let the counts of today be over."""
    WindowCount.objects.all().delete()


def newest_token() -> str:
    """Return the token of the newest letter's link."""
    token = re.search(r"/invitations/([\w-]{43})/\n", str(mail.outbox[-1].body))
    assert token
    return token[1]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    step_up.mark(session)
    session.save()
    return client


@pytest.fixture
def ask(organization: Organization, owner: User) -> Invite:
    def run(
        *addresses: str, role: Role = Role.VIEWER, projects: Any = None, actor: Actor | None = None, by: Any = None
    ) -> list[Verdict]:
        offer = Offer(Access(role, projects), "en", by or owner)
        asker = actor or Actor.user((by or owner).pk)
        return invite(asker, organization=organization, addresses=addresses or [NEW], offer=offer)

    return run


@pytest.fixture
def invitation(ask: Invite) -> Invitation:
    assert ask() == [Verdict.INVITED]
    return Invitation.objects.get()


@pytest.fixture
def token(invitation: Invitation) -> str:
    send_all()
    assert find(hash_token(newest_token())) == invitation
    return newest_token()


@pytest.fixture
def nina(db: None) -> User:
    """Somebody with an account of the invited address."""
    return person(NEW, name="Nina New")


@pytest.fixture
def admin(organization: Organization) -> User:
    ada = person("ada@example.com", name="Ada Admin")
    add_member(OPERATOR, organization=organization, user=ada, role=Role.ADMIN)
    return ada

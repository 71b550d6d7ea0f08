"""A contact of Olivia's organization, and the letter that asks them."""

import re
from collections.abc import Callable

import pytest
from django.core import mail

from accounts.actions import add_contact, confirm_contact
from accounts.actions.billing_contacts import find_by_link
from accounts.models import BillingContact, Organization
from ledger.actor import Actor
from tests.support.outbox import send_all

OPERATOR = Actor.operator()
ADDRESS = "Billing.Desk@payers.example"
Add = Callable[..., BillingContact]


def newest_token() -> str:
    """Return the token of the newest letter's link."""
    token = re.search(r"/contacts/([\w-]{43})/\n", str(mail.outbox[-1].body))
    assert token
    return token[1]


@pytest.fixture
def add(organization: Organization) -> Add:
    def run(email: str = ADDRESS, *, confirmed: bool = False, language: str = "en") -> BillingContact:
        contact = add_contact(OPERATOR, organization=organization, email=email, language=language)
        if confirmed:
            send_all()
            assert confirm_contact(newest_token())
            contact.refresh_from_db()
        return contact

    return run


@pytest.fixture
def contact(add: Add) -> BillingContact:
    return add()


@pytest.fixture
def token(contact: BillingContact) -> str:
    send_all()
    assert find_by_link(newest_token()) == contact
    return newest_token()

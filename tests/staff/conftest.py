"""Ophelia operates: she runs the installation and belongs to no organization."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import make_operator
from accounts.models import User
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import Channel, OutboxMessage
from tests.conftest import PASSWORD


@pytest.fixture
def operator(db: None) -> User:
    ophelia = User.objects.create_user("ophelia@example.com", PASSWORD, email_verified_at=timezone.now())
    make_operator(Actor.operator(), user=ophelia)
    return ophelia


@pytest.fixture
def as_operator(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def letter(
    kind: str = "verify-email", channel: str = Channel.EMAIL, code: str = "smtp-550", tries: int = 8
) -> OutboxMessage:
    """Make a message that was given up."""
    return OutboxMessage.objects.create(
        kind=kind,
        channel=channel,
        error=code,
        attempts=tries,
        tried=tries,
        failed_at=timezone.now(),
        subject_id=new_id(),
        recipient_id=new_id(),
    )

"""Whoever passes by leaves few sessions behind, and those not for long."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import throttle
from accounts.models import BrowserSession

pytestmark = pytest.mark.django_db
OPTIONS = "/sign-in/passkey/options/"


def test_a_link_that_nobody_sent_leaves_no_session(client: Client) -> None:
    answer = client.get(f"/verify/{'A' * 43}/")
    assert answer["Location"] == "/sign-in/?from=verification"
    assert "finish verifying your address" in client.get(answer["Location"]).content.decode()
    assert not BrowserSession.objects.exists()


def test_a_challenge_alone_is_kept_for_ten_minutes(client: Client) -> None:
    assert client.post(OPTIONS).status_code == 200
    assert BrowserSession.objects.get().expire_date - timezone.now() < timedelta(minutes=10)


def test_from_one_address_come_so_many_challenges_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "CAPS", {**throttle.CAPS, "passkey-source-hour": 3})
    answers = [Client().post(OPTIONS).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert BrowserSession.objects.count() == 3
    assert Client().post(OPTIONS, REMOTE_ADDR="198.51.100.7").status_code == 200

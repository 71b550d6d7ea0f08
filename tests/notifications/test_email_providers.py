"""Email by a provider, with Postmark's API played over HTTP; and what bounces and complaints do to an address."""

import base64
import json
import smtplib
import types
from datetime import timedelta
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core import mail as outbox_of_mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from llama_console import mail
from llama_console.urls import urlpatterns
from notifications import bounces, fingerprints, outbox, suppressions
from notifications.models import Channel, OutboxMessage, Priority, Reason, Suppression
from notifications.urls import email_events
from tests.conftest import MIRA, OLIVIA
from tests.vault.roots.stub import answering, closed_port, silent_port

pytestmark = pytest.mark.django_db
SECRET = "postmark:a long secret of tests"
INACTIVE = "Found inactive addresses: olivia@example.com. Inactive recipients are ones that have bounced."
TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "olivia@example.com", "SubmittedAt": "2026-11-24"}


@pytest.fixture
def postmark(settings: Any) -> Any:
    def at(url: str) -> None:
        settings.EMAIL_BACKEND = mail.backend("postmark")
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": f"{url}/", "REQUESTS_TIMEOUT": (0.5, 0.5)}

    return at


def send(user: User, kind: str = "already-registered") -> OutboxMessage:
    message = outbox.put(kind, user.pk, recipient_id=user.pk)
    (claim,) = outbox.claim_due(timezone.now())
    outbox.send(claim.id, claim.attempt)
    message.refresh_from_db()
    OutboxMessage.objects.exclude(sent_at=None, failed_at=None).delete()
    return message


def test_a_letter_goes_out_by_the_provider(owner: User, postmark: Any) -> None:
    with answering(200, TAKEN) as url:
        postmark(url)
        assert send(owner).sent_at


@pytest.mark.parametrize(
    ("status", "body", "code", "permanent"),
    [
        (422, {"ErrorCode": 406, "Message": INACTIVE},
         "recipient-refused", True),
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'olivia@example.com'."}, "recipient-refused", True),
        (422, {"ErrorCode": 400, "Message": "Sender signature not found"}, "mail-provider-422", True),
        (401, {"ErrorCode": 10, "Message": "Bad or missing token"}, "mail-provider-401", False),
        (403, {"ErrorCode": 10, "Message": "No"}, "mail-provider-403", False),
        (429, {"ErrorCode": 1, "Message": "Slow down"}, "mail-provider-429", False),
        (500, {"ErrorCode": 1, "Message": "Oops"}, "mail-provider-500", False),
        (200, "<html>a hotel</html>", "mail-provider-failed", False),
    ],
)  # fmt: skip
def test_each_refusal_has_its_code_and_says_whether_to_try_again(
    owner: User, postmark: Any, status: int, body: Any, code: str, permanent: bool
) -> None:
    with answering(status, body) as url:
        postmark(url)
        message = send(owner)
    assert (message.error, bool(message.failed_at)) == (code, permanent)
    assert Suppression.objects.exists() == (code == "recipient-refused")


def test_a_provider_that_is_away_or_silent_is_tried_again(owner: User, postmark: Any) -> None:
    postmark(closed_port())
    assert send(owner).error == "mail-provider-failed"
    OutboxMessage.objects.all().delete()
    with silent_port() as url:
        postmark(url)
        message = send(owner)
    assert (message.error, message.failed_at) == ("mail-provider-failed", None)


def test_a_refused_recipient_is_suppressed_and_nobody_else(
    owner: User, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({OLIVIA.email: (550, b"no such user")})

    with monkeypatch.context() as broken:
        broken.setattr("notifications.email.Letter.send", refuse)
        assert send(owner).error == "recipient-refused"
    assert send(owner).error == "suppressed"
    assert send(member).sent_at
    assert len(outbox_of_mail.outbox) == 1


def test_security_email_is_tried_again_after_a_week_and_no_other(owner: User) -> None:
    suppressions.suppress(Channel.EMAIL, fingerprints.of_email("Olivia@EXAMPLE.com"), Reason.BOUNCED)
    Suppression.objects.update(at=timezone.now() - timedelta(days=6, hours=23))
    assert send(owner).error == "suppressed"
    Suppression.objects.update(at=timezone.now() - timedelta(days=7))
    assert send(owner).sent_at
    message = outbox.put("already-registered", owner.pk, recipient_id=owner.pk)
    OutboxMessage.objects.filter(pk=message.pk).update(priority=Priority.NOTICE)
    (claim,) = outbox.claim_due(timezone.now())
    assert not outbox.send(claim.id, claim.attempt)


@pytest.mark.parametrize(
    ("event", "reject", "reason"),
    [
        ("bounced", "bounced", "bounced"),
        ("bounced", "invalid", "bounced"),
        ("bounced", "timed_out", None),
        ("bounced", "blocked", None),
        ("deferred", "bounced", None),
        ("complained", "spam", "complained"),
        ("unsubscribed", None, "stopped"),
        ("delivered", None, None),
    ],
)
def test_only_events_after_which_nothing_should_go_there_suppress(
    event: str, reject: str | None, reason: str | None
) -> None:
    bounces.note(AnymailTrackingEvent(event_type=event, reject_reason=reject, recipient=MIRA.email), sender=None)
    assert list(Suppression.objects.values_list("reason", flat=True)) == ([reason] if reason else [])


def post_bounce(settings: Any, secret: str) -> int:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    events = email_events("postmark", mail.tracking_view("postmark"), SECRET)
    addresses: Any = types.ModuleType("addresses")
    addresses.urlpatterns = [path("hooks/", include(events)), *urlpatterns]
    settings.ROOT_URLCONF = addresses
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "Email": OLIVIA.email, "ID": 1, "MessageID": "1"}
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    client = Client(enforce_csrf_checks=True)
    address = "/hooks/anymail/postmark/tracking/"
    return client.post(address, json.dumps(bounce), content_type="application/json", headers=headers).status_code


def test_a_bounce_told_by_the_provider_suppresses_its_address(owner: User, settings: Any) -> None:
    assert post_bounce(settings, SECRET) == 200
    assert send(owner).error == "suppressed"


@pytest.mark.parametrize("secret", ["", "postmark:wrong"])
def test_a_bounce_told_by_somebody_else_is_refused(settings: Any, secret: str) -> None:
    assert post_bounce(settings, secret) == 400
    assert not Suppression.objects.exists()


def test_there_is_no_address_for_events_without_provider_and_secret() -> None:
    assert email_events("smtp", mail.tracking_view("smtp"), SECRET) == []
    assert email_events("postmark", mail.tracking_view("postmark"), "") == []
    assert Client().post("/hooks/anymail/postmark/tracking/").status_code == 404


@pytest.mark.parametrize("name", mail.PROVIDERS)
def test_every_provider_of_the_table_is_known_to_anymail(
    name: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("EMAIL_PROVIDER_KEY", "EMAIL_PROVIDER_SECRET"):
        monkeypatch.setenv(variable, "x")
    monkeypatch.setenv("EMAIL_PROVIDER_URL", "http://localhost:9/v1")
    settings.ANYMAIL = mail.anymail(name, SECRET)
    backend = import_string(mail.backend(name))()
    if mail.PROVIDERS[name].url:
        assert backend.api_url == "http://localhost:9/v1/"
    assert import_string(mail.tracking_view(name)).as_view()


def test_what_is_missing_or_weak_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_PROVIDER_KEY"):
        mail.anymail("postmark", "")
    monkeypatch.setenv("EMAIL_PROVIDER_KEY", "x")
    for weak in ("no password at all", ":a long secret of tests", "name:short"):
        with pytest.raises(ImproperlyConfigured, match="EMAIL_WEBHOOK_SECRET"):
            mail.anymail("postmark", weak)

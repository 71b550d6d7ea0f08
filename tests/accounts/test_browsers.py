"""Where somebody is signed in, and which devices are known."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import hash_token
from accounts.agents import agent_of
from accounts.models import BrowserSession, Device, User
from accounts.session_store import stored
from notifications import outbox
from notifications.models import OutboxMessage
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)


def signed_in(agent: str = FIREFOX, client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/sign-in/", {"email": "olivia@example.com", "password": PASSWORD}, headers={"user-agent": agent})
    assert client.session.session_key
    return client


def test_the_table_of_sessions_holds_no_key_that_signs_in(owner: User) -> None:
    client = signed_in()
    key = str(client.session.session_key)
    (row,) = BrowserSession.objects.all()
    assert row.pk == stored(key)
    assert key not in str(vars(row))
    thief = Client()
    thief.cookies["sessionid"] = row.pk
    assert thief.get("/account/sessions/")["Location"].startswith("/sign-in/")


def test_sessions_of_nobody_are_kept_for_a_day_and_those_of_somebody_for_two_weeks(owner: User) -> None:
    visitor = Client()
    visitor.post("/sign-in/passkey/options/")
    assert BrowserSession.objects.get().expire_date <= timezone.now() + timedelta(days=1)
    signed_in(client=visitor)
    assert BrowserSession.objects.get().expire_date > timezone.now() + timedelta(days=13)


def test_a_session_that_is_ended_is_out_with_its_next_request_and_the_own_stays(owner: User) -> None:
    here, there = signed_in(), signed_in(SAFARI)
    page = here.get("/account/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    other = stored(str(there.session.session_key))
    here.post(f"/account/sessions/{other}/end/")
    assert there.get("/account/sessions/")["Location"].startswith("/sign-in/")
    assert here.get("/account/sessions/").status_code == 200


def test_all_others_end_at_once(owner: User) -> None:
    here, others = signed_in(), [signed_in(), signed_in(SAFARI)]
    here.post("/account/sessions/end-others/")
    assert [other.get("/account/sessions/").status_code for other in others] == [302, 302]
    assert here.get("/account/sessions/").status_code == 200


def test_nobody_ends_or_sees_a_session_of_somebody_else(owner: User, as_outsider: Client) -> None:
    session = stored(str(signed_in().session.session_key))
    assert as_outsider.post(f"/account/sessions/{session}/end/").status_code == 404
    assert as_outsider.post(f"/account/sessions/{'0' * 40}/end/").status_code == 404
    assert session not in as_outsider.get("/account/sessions/").content.decode()
    assert BrowserSession.objects.filter(pk=session).exists()


def test_looking_at_a_page_writes_the_time_once_in_five_minutes(owner: User) -> None:
    client = signed_in()
    long_ago = timezone.now() - timedelta(minutes=6)
    BrowserSession.objects.update(seen_at=long_ago)
    client.get("/account/sessions/")
    first = BrowserSession.objects.get().seen_at
    assert first > long_ago
    client.get("/account/sessions/")
    assert BrowserSession.objects.get().seen_at == first


def test_a_new_device_is_told_of_and_the_first_one_and_a_known_one_are_not(owner: User) -> None:
    first = signed_in()
    assert not OutboxMessage.objects.exists()
    first.post("/sign-out/")
    signed_in(FIREFOX, first)
    assert not OutboxMessage.objects.exists()
    signed_in(SAFARI)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.recipient_id) == ("new-device", owner.pk)
    assert Device.objects.count() == 2


def test_the_letter_names_the_browser_and_no_address(owner: User, mailoutbox: list[object]) -> None:
    signed_in()
    signed_in(SAFARI)
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    (letter,) = mailoutbox
    assert "Safari on iPhone" in letter.body  # type: ignore[attr-defined]
    assert "127.0.0.1" not in letter.body  # type: ignore[attr-defined]


def test_who_signs_in_again_and_again_from_new_devices_sends_five_letters_a_day(owner: User) -> None:
    signed_in()
    for _ in range(8):
        signed_in(SAFARI)
    assert OutboxMessage.objects.filter(kind="new-device").count() == 5


def test_new_devices_put_out_each_other_and_none_that_was_known_before(owner: User) -> None:
    known = [signed_in().cookies["device"].value for _ in range(3)]
    Device.objects.update(created_at=timezone.now() - timedelta(days=30))
    for _ in range(60):
        signed_in(SAFARI)
    assert Device.objects.count() == 50
    for token in known:
        assert Device.objects.known(owner.pk, hash_token(token)).exists()


def test_the_newest_device_is_always_known_and_one_whose_cookie_is_over_never(owner: User) -> None:
    old = signed_in().cookies["device"].value
    Device.objects.update(seen_at=timezone.now() - timedelta(days=401))
    for _ in range(55):
        newest = signed_in(SAFARI).cookies["device"].value
    assert Device.objects.known(owner.pk, hash_token(newest)).exists()
    assert not Device.objects.known(owner.pk, hash_token(old)).exists()


def test_two_people_on_one_device_have_it_each_for_themselves(owner: User, member: User) -> None:
    client = signed_in()
    client.post("/sign-out/")
    client.post("/sign-in/", {"email": "mira@example.com", "password": PASSWORD})
    assert sorted(Device.objects.values_list("user_id", flat=True)) == sorted([owner.pk, member.pk])


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000])
def test_a_made_up_cookie_is_no_known_device(owner: User, token: str) -> None:
    signed_in()
    forger = Client()
    forger.cookies["device"] = token
    signed_in(SAFARI, forger)
    assert OutboxMessage.objects.filter(kind="new-device").count() == 1


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0 Safari/537.36", "Chrome on macOS"),
        ("curl/8.5.0", "An unknown browser"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script> Linux" * 1000, "Linux"),
    ],
)
def test_a_browser_is_named_by_family_and_system(header: str, name: str) -> None:
    assert agent_of(header) == name

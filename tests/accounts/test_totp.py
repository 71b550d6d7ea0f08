"""Codes of an authenticator app: one step of drift, each code once, the secret sealed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import erase_user
from accounts.factors import totp
from accounts.models import BrowserSession, Totp, User
from ledger.actor import Actor
from ledger.models import Leaf, LeafBody
from tests.support.factors import code, with_app, wrong
from tests.vault.rotation.support import rotate
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.suites import key_id_of
from vault.unsealer import unsealer
from vault.unsealer.messages import Opening

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
START = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECURITY = "/account/security/"


# Tries: how many seconds pass before each, and by how many steps the clock of the app is off.
@given(st.lists(st.tuples(st.integers(0, 45), st.integers(-3, 3)), max_size=40))
def test_whatever_is_tried_when_each_steps_code_counts_once_and_no_older_one_after_it(
    tries: list[tuple[int, int]],
) -> None:
    at, last, accepted = START, 0, list[int]()
    for seconds, drift in tries:
        at += timedelta(seconds=seconds)
        shown = totp.step_of(at) + drift
        step = totp.matching_step(SECRET, totp.code_at(SECRET, shown), at=at, after=last)
        # Two steps may share a code by chance; what counts is the step that was accepted.
        if step is not None:
            accepted.append(step)
            last = step
            assert abs(step - totp.step_of(at)) <= 1
        elif abs(drift) <= 1:
            assert shown <= last
    assert accepted == sorted(set(accepted))


def test_the_codes_are_those_of_the_rfc() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", RFC 6238, appendix B
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert totp.code_at(secret, seconds // 30) == digits


@pytest.mark.django_db
def test_a_code_is_accepted_once_and_a_newer_one_after_it(owner: User) -> None:
    secret = with_app(owner)
    assert totp.accept(owner, code(secret))
    assert not totp.accept(owner, code(secret))
    assert totp.accept(owner, code(secret, 1))
    assert not totp.accept(owner, code(secret))


@pytest.mark.django_db
def test_wrong_old_and_foreign_codes_are_not(owner: User, outsider: User) -> None:
    secret, foreign = with_app(owner), with_app(outsider)
    for typed in (wrong(secret), code(secret, -3), code(secret, 3), "", "12345", "１２３４５６"):
        assert not totp.accept(owner, typed)
    if code(foreign) not in {code(secret, steps) for steps in (-1, 0, 1)}:
        assert not totp.accept(owner, code(foreign))
    assert totp.accept(owner, code(secret, -1))


@pytest.mark.django_db
def test_an_app_counts_only_once_its_code_was_typed(as_owner: Client, owner: User) -> None:
    page = as_owner.get(SECURITY + "authenticator/")
    secret = page.context["secret"].replace(" ", "")
    assert not totp.accept(owner, code(secret))
    assert as_owner.post(SECURITY + "authenticator/", {"code": wrong(secret)}).status_code == 422
    assert not Totp.objects.get().confirmed_at
    answer = as_owner.post(SECURITY + "authenticator/", {"code": code(secret)})
    assert answer["Location"] == SECURITY + "recovery-codes/"
    assert not totp.accept(owner, code(secret)), "the code that confirmed is used"
    assert totp.accept(owner, code(secret, 1))
    assert as_owner.get(SECURITY + "authenticator/")["Location"] == SECURITY


@pytest.mark.django_db
def test_a_secret_waits_for_an_hour_and_looking_again_touches_none_that_counts(as_owner: Client, owner: User) -> None:
    def shown() -> str:
        found: str = as_owner.get(SECURITY + "authenticator/").context["secret"].replace(" ", "")
        return found

    first = shown()
    assert shown() == first
    Totp.objects.update(created_at=timezone.now() - timedelta(hours=1))
    second = shown()
    assert second != first
    as_owner.post(SECURITY + "authenticator/", {"code": code(second)})
    as_owner.get(SECURITY + "authenticator/")
    assert totp.accept(owner, code(second, 1))


@pytest.mark.django_db
def test_the_page_has_a_picture_without_style_and_is_kept_by_nobody(as_owner: Client) -> None:
    answer = as_owner.get(SECURITY + "authenticator/")
    page = answer.content.decode()
    assert "<svg viewBox" in page
    assert "style=" not in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_the_secret_is_sealed_and_opens_for_its_person_alone_and_each_time_is_recorded(
    owner: User, outsider: User
) -> None:
    secret = with_app(owner)
    row = Totp.objects.get(user=owner)
    assert secret not in str(vars(row))
    assert secret not in repr(row.secret)
    totp.accept(owner, code(secret))
    leaf = LeafBody.objects.get(tenant=owner.pk, purpose="authentication")
    assert leaf.actor == f"user:{owner.pk}"
    for purpose, actor in (
        (Purpose.AUTHENTICATION, f"user:{outsider.pk}"),
        (Purpose.AUTHENTICATION, "system:notifications"),
        (Purpose.AUTHENTICATION, "staff:ana"),
        (Purpose.OWN_ACCOUNT, f"user:{owner.pk}"),
        (Purpose.SUPPORT_REQUEST, "staff:ana"),
    ):
        with pytest.raises(VaultError):
            unsealer().begin(Opening(purpose, actor, owner.pk, ["accounts.Totp.secret"], [row.pk]))
    assert Leaf.objects.filter(tenant=owner.pk).count() == 6  # the refusals too


@pytest.mark.django_db
def test_the_secret_moves_to_a_new_key_and_nothing_opens_it_once_its_person_is_erased(owner: User) -> None:
    secret = with_app(owner)
    before = key_id_of(Totp.objects.get().secret.record())
    rotate(owner.pk)
    assert key_id_of(Totp.objects.get().secret.record()) != before
    assert totp.accept(owner, code(secret))
    row = Totp.objects.get()
    erase_user(Actor.operator(), owner)
    with pytest.raises(VaultError, match="shredded"):
        totp.open_secret(row)


@pytest.mark.django_db
def test_the_secret_is_in_no_session_no_log_and_no_error(
    as_owner: Client, owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = as_owner.get(SECURITY + "authenticator/").context["secret"].replace(" ", "")
    as_owner.post(SECURITY + "authenticator/", {"code": code(secret)})
    sessions = [str(row.get_decoded()) for row in BrowserSession.objects.all()]
    assert sessions
    assert secret not in "".join(sessions)
    assert secret not in caplog.text

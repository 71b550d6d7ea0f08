"""Guessing passwords is bounded, and locks out whoever guesses."""

import pytest
from django.test import Client

from accounts import throttle
from accounts.models import User
from notifications.models import WindowCount
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "a wrong sentence of words"
MOST = throttle.CAPS["password-hour"]


def attempt(client: Client, password: str, email: str = "olivia@example.com") -> tuple[int, str]:
    answer = client.post("/sign-in/", {"email": email, "password": password})
    form = (answer.context or {}).get("form")
    return answer.status_code, str(form.errors.get("__all__", "")) if form else ""


def guess(email: str = "olivia@example.com") -> None:
    for _ in range(MOST):
        attempt(Client(), WRONG, email)


def test_who_guesses_is_kept_out_and_who_was_here_before_is_not(owner: User) -> None:
    known = Client()
    attempt(known, PASSWORD)
    known.post("/sign-out/")
    guess()
    status, text = attempt(Client(), PASSWORD)
    assert status == 422
    assert "Too many" in text
    assert attempt(known, PASSWORD)[0] == 302


def test_an_account_that_is_none_is_bounded_alike(owner: User) -> None:
    guess("nobody@example.com")
    guess()
    assert attempt(Client(), PASSWORD) == attempt(Client(), PASSWORD, "nobody@example.com")


def test_spellings_of_one_address_share_a_count(owner: User) -> None:
    for n in range(MOST):
        attempt(Client(), WRONG, "OLIVIA@example.com" if n % 2 else " olivia@EXAMPLE.com")
    assert "Too many" in attempt(Client(), PASSWORD)[1]


def test_signing_up_and_in_again_does_not_tell_by_the_count_who_has_an_account(owner: User) -> None:
    """The password of an account that nobody verified is right for whoever signed up."""
    answers = []
    for email in ("olivia@example.com", "nobody@example.com"):
        Client().post("/sign-up/", {"email": email, "password": WRONG})
        answers.append([attempt(Client(), WRONG, email) for _ in range(MOST + 1)])
    assert answers[0] == answers[1]


def test_the_right_password_does_not_count(owner: User) -> None:
    for _ in range(MOST + 5):
        assert attempt(Client(), PASSWORD)[0] == 302
    assert set(WindowCount.objects.filter(scope__startswith="password").values_list("count", flat=True)) == {0}


def test_a_known_device_can_not_guess_without_end_either(owner: User) -> None:
    known = Client()
    attempt(known, PASSWORD)
    known.post("/sign-out/")
    for _ in range(MOST):
        attempt(known, WRONG)
    assert "Too many" in attempt(known, PASSWORD)[1]
    assert attempt(Client(), PASSWORD)[0] == 302, "the device's count is its own"


def test_one_source_can_not_go_through_many_accounts(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "CAPS", {**throttle.CAPS, "password-source-hour": 3})
    for n in range(3):
        attempt(Client(), WRONG, f"person.{n}@example.com")
    assert "Too many" in attempt(Client(), PASSWORD)[1]


def test_counts_hold_neither_addresses_nor_sources(owner: User) -> None:
    attempt(Client(), WRONG)
    kept = str(list(WindowCount.objects.values()))
    assert "olivia" not in kept
    assert "127.0.0.1" not in kept


def test_sign_ups_from_one_source_are_bounded_whatever_the_address(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "CAPS", {**throttle.CAPS, "sign-up-source-hour": 3})
    before = User.objects.count()
    for n in range(3):
        assert Client().post("/sign-up/", {"email": f"new.{n}@example.com", "password": WRONG}).status_code == 302
    for email in ("olivia@example.com", "another@example.com"):
        answer = Client().post("/sign-up/", {"email": email, "password": WRONG})
        assert answer.status_code == 422
        assert "many sign-ups" in answer.content.decode()
    assert User.objects.count() == before + 3

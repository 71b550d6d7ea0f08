"""Outside of development, operators show a passkey before the operators' pages open."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from llama_console.views.staff.urls import urlpatterns
from tests.conftest import PASSWORD
from tests.support.factors import code, with_app, with_passkey

pytestmark = pytest.mark.django_db
PAGES = [f"/staff/{pattern.pattern}" for pattern in urlpatterns]
CONFIRM = "/account/confirm/"


@pytest.fixture(autouse=True)
def _production(settings: Any) -> None:
    assert get_resolver().url_patterns  # read first: the addresses of development are in them once and for all tests
    settings.DEVELOPMENT = False


def confirm(client: Client, **proof: str) -> None:
    assert client.post(CONFIRM, {"password": PASSWORD} | proof).status_code == 302


@pytest.mark.parametrize("path", PAGES)
def test_without_one_no_page_opens_and_each_says_how_to_add_one(as_operator: Client, path: str) -> None:
    for answer in (as_operator.get(path), as_operator.post(path)):
        assert answer.status_code == 403
        assert b"Operators use a passkey" in answer.content
        assert b"/account/security/passkeys/new/" in answer.content


def test_neither_the_password_nor_an_app_will_do(as_operator: Client, operator: User) -> None:
    confirm(as_operator)
    assert as_operator.get("/staff/messages/").status_code == 403
    secret = with_app(operator)
    confirm(as_operator, code=code(secret))
    assert as_operator.get("/staff/messages/").status_code == 403


def test_having_one_is_not_enough_and_showing_it_is(as_operator: Client) -> None:
    confirm(as_operator)
    device = with_passkey(as_operator)
    answer = as_operator.get("/staff/messages/")
    assert answer.status_code == 403
    assert f"{CONFIRM}?next=%2Fstaff%2Fmessages%2F" in answer.content.decode()
    asked = as_operator.post(CONFIRM + "passkey/options/").json()
    as_operator.post(CONFIRM + "passkey/", {"credential": device.sign(asked)})
    assert as_operator.get("/staff/messages/").status_code == 200


def test_signing_in_with_one_shows_it(as_operator: Client) -> None:
    confirm(as_operator)
    device = with_passkey(as_operator)
    client = Client()
    asked = client.post("/sign-in/passkey/options/").json()
    client.post("/sign-in/passkey/", {"credential": device.sign(asked)})
    assert client.get("/staff/messages/").status_code == 200


def test_nobody_else_learns_of_the_pages(as_owner: Client) -> None:
    assert as_owner.get("/staff/messages/").status_code == 404


def test_in_development_they_open_without(as_operator: Client, settings: Any) -> None:
    settings.DEVELOPMENT = True
    assert as_operator.get("/staff/messages/").status_code == 200

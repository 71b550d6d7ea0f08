"""The watch over requests finds each change that records nothing, and lets go what is taken back or of no account."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import Organization, Project, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from tests.support import witness

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
Write = Callable[[], None]
_write: list[Write] = []


def view(request: HttpRequest) -> HttpResponse:
    _write[-1]()
    return HttpResponse("done")


urlpatterns = [path("", view)]


@pytest.fixture
def found(as_owner: Client) -> Iterator[Callable[[Write], list[str]]]:
    """Return what is found of a request that writes so; afterwards it is forgotten, so that this test passes."""

    def run(write: Write) -> list[str]:
        _write.append(write)
        as_owner.post("/")
        _write.pop()
        return list(witness.faults)

    yield run
    witness.faults.clear()


def rename() -> None:
    assert Project.objects.update(name="Another")


def record() -> None:
    record_event(Actor.operator(), Action.PROJECT_CREATED, target="x")


FAULT = ["POST / changed accounts_project without an audit event"]


def test_a_change_alone_is_found(found: Callable[[Write], list[str]]) -> None:
    assert found(rename) == FAULT


def test_a_change_with_its_event_is_in_order(found: Callable[[Write], list[str]]) -> None:
    @transaction.atomic
    def write() -> None:
        with transaction.atomic():
            rename()
        record()

    assert found(write) == []


def test_an_event_in_another_transaction_is_none(found: Callable[[Write], list[str]]) -> None:
    def write() -> None:
        with transaction.atomic():
            record()
        with transaction.atomic():
            rename()

    assert found(write) == FAULT


def test_an_event_that_was_taken_back_is_none(found: Callable[[Write], list[str]]) -> None:
    @transaction.atomic
    def write() -> None:
        rename()
        with transaction.atomic():
            record()
            transaction.set_rollback(True)

    assert found(write) == FAULT


def test_a_change_that_was_taken_back_is_none(found: Callable[[Write], list[str]]) -> None:
    @transaction.atomic
    def write() -> None:
        rename()
        transaction.set_rollback(True)

    assert found(write) == []


def test_a_statement_that_hits_no_row_changes_nothing(found: Callable[[Write], list[str]]) -> None:
    def write() -> None:
        assert not Project.objects.filter(name="nobody's").update(name="x")

    assert found(write) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_organization SET name = 'x'",
        'DELETE FROM "accounts_project"',
        "update accounts_user set is_operator = is_operator",
        "UPDATE accounts_user SET last_login = NULL, is_active = is_active",
    ],
)
def test_sql_of_ones_own_is_watched_as_well(found: Callable[[Write], list[str]], statement: str) -> None:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    assert len(found(write)) == 1


def test_mere_use_changes_nothing_that_counts(found: Callable[[Write], list[str]], owner: User) -> None:
    def write() -> None:
        owner.save(update_fields=["last_login"])

    assert found(write) == []


def test_outside_of_requests_nothing_is_watched(organization: Organization) -> None:
    Organization.objects.update(name="Another")
    assert witness.faults == []

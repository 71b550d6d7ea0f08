"""Every address, every role, things of others: nobody reaches anything of another organization or person.

What is there and another's answers just as what is not there at all, and nothing of theirs changes. The addresses come
from the URL map: a new one is tried by itself, and a new kind of parameter fails until the estate has such a thing.
"""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.actions import add_member
from accounts.models import Organization, Role, User
from keys.models import AdminKey, ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import AuditEvent
from notifications.models import Endpoint
from tests.admin_api.conftest import Caller
from tests.conftest import _signed_in, person
from tests.tenancy.estate import Estate, estate
from tests.tenancy.routes import routes

pytestmark = pytest.mark.django_db
# Who has such a link needs no account: each has tests of its own.
LINKS = {"reset", "report", "email", "verify", "contacts", "deletions", "unsubscribe", "preview", "callback"}
FORMS = ("get", "post")  # all that a page takes
METHODS = (*FORMS, "put", "patch", "delete")
_RANDOM = re.compile(r'(value|nonce|instance|content)("?[=:]\s*)"[A-Za-z0-9+/=_:-]{16,}"')

ALL = [route for route in routes() if not LINKS & set(route.names) and "<token:" not in route.pattern]
PAGES = [route for route in ALL if route.pattern.startswith("o/")]
API = [route for route in ALL if route.pattern.startswith("api/v1/") and route.names]
PERSONAL = [route for route in ALL if route.names and not (route in PAGES or route in API)]
# What is the same for everybody, such as a model's price, is nobody's.
COMMON = {"prices"}


@pytest.fixture
def ours(organization: Organization, owner: User, settings: Any) -> Estate:
    settings.WEBHOOK_ALLOW_LOCALHOST = True
    return estate(organization, owner, "llamas")


@pytest.fixture
def theirs(outsider: User) -> Estate:
    return estate(Organization.objects.get(slug="outsiders"), outsider, "outsiders")


def missing(things: dict[str, Any]) -> dict[str, Any]:
    """Return ids of the same forms that name nothing."""
    named = {"projects": "nothing-here", "sessions": (new_id().hex * 2)[:40], "invoices": 735_999}
    return {name: new_id() for name in things} | named


def state(place: Estate) -> object:
    """Return what somebody could have changed in another's estate."""
    organization = place.organization
    return (
        AuditEvent.objects.filter(organization_id=organization.pk).count(),
        AuditEvent.objects.filter(actor=str(Actor.user(place.owner.pk))).count(),
        list(ApiKey.objects.filter(project__organization=organization).values()),
        list(AdminKey.objects.filter(organization=organization).values()),
        list(Endpoint.objects.filter(organization_id=organization.pk).values()),
        list(organization.projects.values()),
        organization.memberships.count(),
        organization.invitations.count(),
        organization.billing_contacts.count(),
        place.owner.passkeys.count(),
        Organization.objects.filter(pk=organization.pk).values().get(),
    )


def shape(answer: Any, *parts: object) -> tuple[int, str]:
    """Return status and text of an answer without what differs by itself: tokens, nonces, and the ids asked for."""
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = text.decode(errors="replace")
    for part in parts:
        said = said.replace(str(part), "·")
    return answer.status_code, _RANDOM.sub(r"\1\2", said)


def test_the_estate_has_what_every_address_names(ours: Estate) -> None:
    named = {name for route in (*PAGES, *API, *PERSONAL) for name in route.names}
    assert named <= set(ours.things)
    assert len(PAGES) > 40
    assert len(API) >= 15


@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_organization_answers_on_every_page_as_one_that_is_not_there(
    ours: Estate, theirs: Estate, role: Role
) -> None:
    client, before = _member(ours, role), state(theirs)
    for route in PAGES:
        for method in FORMS:
            call = getattr(client, method)
            foreign = call(route.path("outsiders", theirs.things))
            nothing = call(route.path("nobodys", theirs.things))
            assert foreign.status_code in {404, 405}, f"{role} {method} {route}"
            assert shape(foreign, "outsiders") == shape(nothing, "nobodys"), f"{role} {method} {route}"
    assert state(theirs) == before


@pytest.mark.parametrize("role", list(Role))
def test_foreign_things_answer_on_every_page_as_things_that_are_not_there(
    ours: Estate, theirs: Estate, role: Role
) -> None:
    client, before, none = _member(ours, role), state(theirs), missing(theirs.things)
    for route in PAGES:
        for method in FORMS if set(route.names) - COMMON else ():
            call = getattr(client, method)
            foreign, nothing = (call(route.path(ours.organization.slug, things)) for things in (theirs.things, none))
            assert foreign.status_code in {403, 404, 405}, f"{role} {method} {route}"
            assert shape(foreign, *theirs.things.values()) == shape(nothing, *none.values()), f"{role} {method} {route}"
    assert state(theirs) == before


def test_foreign_things_answer_programs_as_things_that_are_not_there(
    ours: Estate, theirs: Estate, settings: Any
) -> None:
    settings.ADMIN_API_PER_MINUTE = 1_000_000  # there are hundreds of requests
    program, before, none = Caller(ours.secret), state(theirs), missing(theirs.api) | {"projects": new_id()}
    for route in API:
        for method in METHODS if set(route.names) - COMMON else ():
            call = getattr(program, method)
            body = {} if method == "get" else {"data": {}, "content_type": "application/json"}
            foreign, nothing = (call(route.path("", things), **body) for things in (theirs.api, none))
            assert foreign.status_code in {400, 404, 405}, f"{method} {route} {foreign.content!r}"
            assert foreign.status_code == nothing.status_code, f"{method} {route}"
    assert state(theirs) == before


def test_things_of_other_people_answer_as_things_that_are_not_there(ours: Estate, theirs: Estate) -> None:
    client, before, none = _signed_in(ours.owner), state(theirs), missing(theirs.things)
    for route in PERSONAL:
        for method in FORMS:
            call = getattr(client, method)
            foreign, nothing = (call(route.path("", things)) for things in (theirs.things, none))
            assert foreign.status_code in {404, 405, 410}, f"{method} {route}"
            assert shape(foreign, *theirs.things.values()) == shape(nothing, *none.values()), f"{method} {route}"
    assert state(theirs) == before


def test_who_is_not_signed_in_is_asked_to_on_every_page(ours: Estate) -> None:
    before = state(ours)
    for route in PAGES:
        for method in FORMS:
            answer = getattr(Client(), method)(route.path(ours.organization.slug, ours.things))
            assert answer.status_code == 302, f"{method} {route}"
            assert answer["Location"].startswith("/sign-in/"), f"{method} {route}"
    assert state(ours) == before


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_ones_own_organization_fails(ours: Estate, role: Role) -> None:
    client = _member(ours, role)
    for route in PAGES:
        answer = client.get(route.path(ours.organization.slug, ours.things))
        assert answer.status_code in {200, 204, 302, 303, 403, 404, 405}, f"{role} {route}"


def _member(place: Estate, role: Role) -> Client:
    if role is Role.OWNER:
        return _signed_in(place.owner)
    somebody = person(f"{role}@llamas.example")
    add_member(Actor.operator(), organization=place.organization, user=somebody, role=role)
    return _signed_in(somebody)

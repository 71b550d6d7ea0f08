"""The members page of a large organization, as the server makes it: list, search and filters, leaves included."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from bench.bar import Bar
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.rounds import medians
from bench.search import FIRST, LAST

MEMBERS = 10_000
ROUNDS = 21
_URL = "/o/large/members/"


def bars() -> Iterator[Bar]:
    with isolated() as folder:
        client = _client(_large())
        yield Bar(f"queries of the page of {MEMBERS} members", _queries(client), "queries", 12)
        with unsealer_process(folder):
            times = medians(_requests(client), rounds=ROUNDS)
        yield Bar(f"page of {MEMBERS} members", times["page"] / 1000, "ms", 100)
        yield Bar(f"last page of {MEMBERS} members", times["last"] / 1000, "ms", 100)
        yield Bar(f"page of {MEMBERS} members by role", times["role"] / 1000, "ms", 100)
        yield Bar(f"page of {MEMBERS} members by second factor", times["factor"] / 1000, "ms", 100)
        yield Bar(f"search {MEMBERS} members, the whole page", times["search"] / 1000, "ms", 50)


def _requests(client: Any) -> dict[str, Callable[[], object]]:
    def get(query: str = "") -> object:
        answer = client.get(_URL + query, headers={"host": "localhost"})
        assert answer.status_code == 200
        return answer

    def search() -> object:
        answer = client.post(_URL, {"q": "Tanaka 9999"}, headers={"host": "localhost"})
        assert b"person.9999@" in answer.content
        return answer

    return {
        "page": get,
        "last": lambda: get("?page=200"),
        "role": lambda: get("?role=developer"),
        "factor": lambda: get("?factor=none"),
        "search": search,
    }


def _queries(client: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    request = _requests(client)["page"]
    request()
    with CaptureQueriesContext(connection) as captured:
        request()
    return len(captured)


def _client(owner: Any) -> Any:
    from django.conf import settings
    from django.test import Client

    # No files are collected here: the page names them as they are.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    client = Client()
    client.force_login(owner)
    return client


def _large() -> Any:
    """Make an organization with an owner and thousands of developers and viewers; return the owner."""
    from django.db import transaction

    from accounts.actions import create_organization
    from accounts.entries import Contact, Entry, pack
    from accounts.models import Directory, Membership, Role, User
    from accounts.policy import Access
    from accounts.roles import commit_role, write_access
    from ledger.actor import Actor
    from ledger.models import Action, AuditEvent

    names = [f"{first} {last} {n}" for n, (first, last) in zip(range(MEMBERS), _people(), strict=True)]
    contacts = [Contact(name, f"person.{n}@large.example.com") for n, name in enumerate(names)]
    users = [User(email=contact.email, name=contact.name) for contact in contacts]
    with transaction.atomic():
        User.objects.bulk_create(users)
        organization = create_organization(Actor.operator(), name="Large", owner=users[0], contact=contacts[0])
        memberships, events = [], []
        entries = [Entry.of(users[0].pk, contacts[0], Role.OWNER)]
        for n, (user, contact) in enumerate(zip(users[1:], contacts[1:], strict=True)):
            role = Role.VIEWER if n % 4 else Role.DEVELOPER
            text = write_access(Access(role), 1)
            memberships.append(Membership(organization=organization, user=user, role=text))
            said = {"version": 1, "commitment": commit_role(text, organization.pk, user.pk)}
            event = AuditEvent(actor="operator:command-line", action=Action.MEMBER_ADDED, target=str(user.pk))
            event.organization_id, event.payload = organization.pk, said
            events.append(event)
            entries.append(Entry.of(user.pk, contact, role))
        Membership.objects.bulk_create(memberships)
        AuditEvent.objects.bulk_create(events)
        directory = Directory.objects.get(organization=organization)
        directory.entries = pack(entries)
        directory.save()
    return users[0]


def _people() -> Iterator[tuple[str, ...]]:
    pairs = list(product(FIRST, LAST))
    for _ in range(MEMBERS // len(pairs)):
        yield from pairs

"""The audit log: a page of it with ten thousand and with a million events, whole, filtered, deep, and as a file."""

import json
import os
import resource
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.bar import Bar
from bench.isolated import isolated
from bench.rounds import medians

SMALL, LARGE = 10_000, 1_000_000
_CHUNK, _ROUNDS = 50_000, 25
_BEGAN = 1_750_000_000  # seconds since 1970; an event each three seconds from then on
_FAR = 10_000_000  # so that the true chain goes on where it ends
_ACTIONS = ("key:created", "key:revoked", "project:created", "webhook:changed", "member:added")


def bars() -> Iterator[Bar]:
    with isolated():
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        client = _owner_of({"small": SMALL, "large": LARGE})
        pages = {name: (_address("small", query(SMALL)), _address("large", query(LARGE))) for name, query in _PAGES}
        both = {address: address for addresses in pages.values() for address in addresses}
        times = medians({name: lambda url=url: _get(client, url) for name, url in both.items()}, rounds=_ROUNDS)
        for name, (small, large) in pages.items():
            yield Bar(f"audit log, {name}, 1,000,000 events", times[large] / 1000, "ms", 100)
            yield Bar(f"audit log, {name}, 1,000,000 events to 10,000", times[large] / times[small], "times", 1.1)
        yield Bar("audit log, memory for a file of 1,000,000 events", _file_memory(client), "MB", 20)


_PAGES: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("newest page", lambda _: ""),
    ("page in the middle", lambda events: f"?before={_id(events // 2)}"),
    ("one action", lambda _: "?q=action:key.created"),
    ("one action and a day", lambda events: f"?q=action:key.created+until:{_at(events // 2):%Y-%m-%d}"),
    ("rare actor", lambda _: "?q=actor:operator"),
    ("one target", lambda _: f"?q=target:{UUID(int=7)}"),
)


def _address(slug: str, query: str) -> str:
    return f"/o/{slug}/audit/{query}"


def _owner_of(sizes: dict[str, int]) -> Any:
    """Return a client of somebody who owns an organization of each name, with so many events."""
    from django.test import Client
    from django.utils import timezone

    from accounts.actions import create_organization
    from accounts.entries import Contact
    from accounts.models import User
    from ledger.actor import Actor
    from vault.events import record_pending

    owner = User.objects.create_user("olivia@example.com", "a sentence works well", email_verified_at=timezone.now())
    contact = Contact("Olivia", "olivia@example.com")
    made = {
        name: create_organization(Actor.user(owner.pk), name=name, owner=owner, contact=contact).pk for name in sizes
    }
    record_pending()
    for name, tenant in made.items():
        _grow(tenant, sizes[name])
    client = Client()
    client.force_login(owner)
    return client


def _get(client: Any, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")


def _file_memory(client: Any) -> float:
    """Return by how much the process grows while it streams all events. Its peak was long before: sizes are sampled."""
    _get(client, _address("small", "export.ndjson"))
    before = most = _resident()
    for number, _ in enumerate(client.get(_address("large", "export.ndjson")).streaming_content):
        if number % 5000 == 0:
            most = max(most, _resident())
    return (most - before) / 1_000_000


def _resident() -> int:
    """Return how much memory this process has now, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _grow(tenant: UUID, total: int) -> None:
    """Write so many events with their leaves: the leaves' texts are true, their chain is none."""
    from django.db import connections

    from ledger.models import Log

    start = Log.objects.get().size
    for database in ("default", "vault"):  # nobody will miss them
        connections[database].cursor().execute("PRAGMA synchronous = OFF")
    for first in range(0, total, _CHUNK):
        numbers = range(first, min(first + _CHUNK, total))
        _write([(start + number, _event(tenant, number)) for number in numbers])
    Log.objects.update(size=start + total)


def _event(tenant: UUID, number: int) -> Any:
    from ledger.models import AuditEvent

    return AuditEvent(
        id=UUID(int=_id(number).int ^ (tenant.int & 0xFFFF_FFFF)),
        at=_at(number),
        organization_id=tenant,
        actor="operator:command-line" if number < 5 else f"user:{UUID(int=number % 50)}",
        action=_ACTIONS[number % len(_ACTIONS)],
        target=str(UUID(int=number % 100)),  # more than a page of each, with ten thousand as well
        payload={"before_days": number % 30, "after_days": (number + 1) % 30},
    )


def _write(events: list[tuple[int, Any]]) -> None:
    from django.db import connections, transaction

    from ledger.events import entry_of
    from ledger.leaves import NO_HASH, commit

    rows, leaves, bodies, salt = [], [], [], bytes(32)
    for place, event in events:
        text, tenant = entry_of(event).body(), event.organization_id.hex
        at = int(event.at.timestamp()) * 1_000_000
        said = json.dumps(event.payload)
        rows.append((event.pk.hex, str(event.at)[:19], tenant, event.actor, event.action, event.target, said))
        leaves.append((place, tenant, _FAR + place, at, NO_HASH, commit(salt, text), os.urandom(32)))
        bodies.append((place, tenant, "event", "", event.actor, event.pk.hex, salt, text))
    for database, table, columns, values in (
        ("default", "ledger_auditevent", "id, at, organization_id, actor, action, target, payload", rows),
        ("vault", "ledger_leaf", "position, tenant, sequence, at, previous, commitment, hash", leaves),
        ("vault", "ledger_leafbody", "position, tenant, type, purpose, actor, event, salt, text", bodies),
    ):
        marks = ", ".join("%s" for _ in columns.split(", "))
        with transaction.atomic(using=database), connections[database].cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def _at(number: int) -> datetime:
    return datetime.fromtimestamp(_BEGAN + 3 * number, UTC)


def _id(number: int) -> UUID:
    from ledger.ids import first_id

    return first_id(_at(number))

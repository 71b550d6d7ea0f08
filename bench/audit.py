"""The audit log: a page of it with ten thousand and with a million events, whole, filtered, deep, and as a file."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
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
        client, tenant = _owner()
        small = _measure(client, tenant, 0, SMALL)
        large = _measure(client, tenant, SMALL, LARGE)
        for name, figure in large.items():
            yield Bar(f"audit log, {name}, 1,000,000 events", figure / 1000, "ms", 100)
            yield Bar(f"audit log, {name}, of 1,000,000 events to of 10,000", figure / small[name], "times", 1.1)
        yield Bar("audit log, memory for a file of 1,000,000 events", _file_memory(client), "MB", 20)


def _owner() -> tuple[Any, UUID]:
    from django.test import Client
    from django.utils import timezone

    from accounts.actions import create_organization
    from accounts.entries import Contact
    from accounts.models import User
    from ledger.actor import Actor
    from vault.events import record_pending

    owner = User.objects.create_user("olivia@example.com", "a sentence works well", email_verified_at=timezone.now())
    contact = Contact("Olivia", "olivia@example.com")
    tenant = create_organization(Actor.user(owner.pk), name="Llamas", owner=owner, contact=contact).pk
    record_pending()
    client = Client()
    client.force_login(owner)
    return client, tenant


def _measure(client: Any, tenant: UUID, before: int, events: int) -> dict[str, float]:
    _grow(tenant, before, events)
    middle = _id(events // 2)
    pages = {
        "newest page": "",
        "page in the middle": f"?before={middle}",
        "one action": "?q=action:key.created",
        "one action and a day": f"?q=action:key.created+until:{_at(events // 2):%Y-%m-%d}",
        "rare actor": "?q=actor:operator",
        "one target": f"?q=target:{UUID(int=7)}",
    }
    return medians({name: lambda query=query: _get(client, query) for name, query in pages.items()}, rounds=_ROUNDS)


def _get(client: Any, query: str) -> None:
    answer = client.get(f"/o/llamas/audit/{query}")
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.status_code}")


def _file_memory(client: Any) -> float:
    """Return by how much the process grows while it streams all events."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in client.get("/o/llamas/audit/export.ndjson").streaming_content:
        pass
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _grow(tenant: UUID, have: int, total: int) -> None:
    """Write events with their leaves until there are so many: the leaves' texts are true, their chain is none."""
    from django.db import connections

    from ledger.models import Leaf

    for database in ("default", "vault"):  # nobody will miss them
        connections[database].cursor().execute("PRAGMA synchronous = OFF")
    position = Leaf.objects.order_by("-position").values_list("position", flat=True)[0] + 1
    for start in range(have, total, _CHUNK):
        numbers = range(start, min(start + _CHUNK, total))
        _write([_event(tenant, number) for number in numbers], position)
        position += len(numbers)


def _event(tenant: UUID, number: int) -> Any:
    from ledger.models import AuditEvent

    return AuditEvent(
        id=_id(number),
        at=_at(number),
        organization_id=tenant,
        actor="operator:command-line" if number < 5 else f"user:{UUID(int=number % 50)}",
        action=_ACTIONS[number % len(_ACTIONS)],
        target=str(UUID(int=number % 1000)),
        payload={"before_days": number % 30, "after_days": (number + 1) % 30},
    )


def _write(events: list[Any], position: int) -> None:
    from django.db import transaction

    from ledger.events import entry_of
    from ledger.leaves import NO_HASH, commit
    from ledger.models import AuditEvent, Leaf, LeafBody, Log

    leaves, bodies, salt = [], [], bytes(32)
    for place, event in enumerate(events, start=position):
        entry = entry_of(event)
        text = entry.body()
        ids = {"position": place, "tenant": entry.tenant}
        hashes = {"previous": NO_HASH, "commitment": commit(salt, text), "hash": os.urandom(32)}
        leaves.append(Leaf(**ids, sequence=_FAR + place, at=int(event.at.timestamp()) * 1_000_000, **hashes))
        bodies.append(LeafBody(**ids, type=entry.type.value, actor=entry.actor, event=event.pk, salt=salt, text=text))
    at = AuditEvent._meta.get_field("at")
    at.auto_now_add = False  # type: ignore[attr-defined]
    with transaction.atomic():
        AuditEvent.objects.bulk_create(events)
    at.auto_now_add = True  # type: ignore[attr-defined]
    with transaction.atomic(using="vault"):
        Leaf.objects.bulk_create(leaves)
        LeafBody.objects.bulk_create(bodies)
        Log.objects.update(size=position + len(leaves))


def _at(number: int) -> datetime:
    return datetime.fromtimestamp(_BEGAN + 3 * number, UTC)


def _id(number: int) -> UUID:
    from ledger.ids import first_id

    return first_id(_at(number))

"""Databases with an unsealer, a tenant for each part with books of its own, and gateways to be started and killed."""

import asyncio
import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.gateway import house, subjects
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.servers.cpu import tree
from bench.servers.server import Server

_TOKEN = "faults"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization with money, limits and a project's budget, and its keys' ids by secret."""

    organization_id: UUID
    project_id: UUID
    keys: dict[str, UUID]

    @property
    def account(self) -> Any:
        from billing.models import BillingAccount

        return BillingAccount.objects.get(pk=self.organization_id)

    def events(self) -> Any:
        from usage.models import UsageEvent

        return UsageEvent.objects.filter(organization_id=self.organization_id)

    def held(self) -> int:
        """Return what the account and the budget have set aside."""
        from billing.models import Budget

        return int(self.account.held + Budget.objects.get(pk=self.project_id).held)

    def disagreements(self) -> list[str]:
        """Return what does not agree: the books, the budget, and the sums of usage with the events."""
        from django.db.models import Sum

        from billing.books import disagreements
        from billing.models import Budget
        from keys.models import KeyUse
        from usage.models import HourlyUsage

        found = [str(each) for each in disagreements(self.account)]
        count, amount = self.events().count(), self.events().aggregate(all=Sum("amount"))["all"] or 0
        hours = HourlyUsage.objects.filter(organization_id=self.organization_id).aggregate(
            calls=Sum("requests"), all=Sum("amount")
        )
        uses = KeyUse.objects.filter(key_id__in=self.keys.values()).aggregate(calls=Sum("requests"), all=Sum("amount"))
        sums = {
            "calls in hours": (hours["calls"], count),
            "money in hours": (hours["all"], amount),
            "calls of keys": (uses["calls"], count),
            "money of keys": (uses["all"], amount),
            "spent of the budget": (Budget.objects.get(pk=self.project_id).spent, amount),
        }
        return found + [f"{what}: {kept}, {real}" for what, (kept, real) in sums.items() if (kept or 0) != real]

    def running(self, server: Server) -> int:
        """Return how many calls a gateway counts as running: what is not left of its concurrent limits."""
        from django.conf import settings

        from keys.models import Limits

        rows = Limits.objects.filter(organization_id=self.organization_id)
        asked = [
            {"subject_id": str(row.subject_id), "model": row.model, "kind": "concurrent", "limit": row.concurrent}
            for row in rows
        ]
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/internal/counters",
            json.dumps(asked).encode(),
            {"authorization": f"Bearer {settings.GATEWAY_TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return sum(each["limit"] - each["remaining"] for each in json.load(answer))


@dataclass(frozen=True, slots=True)
class Installation:
    """What gateways are started over."""

    folder: Path

    def gateway(self, upstream: int, *, name: str = "gateway", **more: str) -> AbstractContextManager[Server]:
        """Run a gateway as in production, with more of an environment."""
        environment = {"GATEWAY_DRAIN_SECONDS": "1", **more}
        return subjects.gateway(self.folder, None, upstream, "none", name=name, more=environment)

    def unsettled(self) -> bool:
        """Tell whether usage still lies in the spool."""
        return any(path.stat().st_size for path in (self.folder / "spool").glob("*.log"))


@contextmanager
def installed() -> Iterator[Installation]:
    with ExitStack() as stack:
        folder = stack.enter_context(isolated())
        stack.enter_context(unsealer_process(folder))
        from django.core.management import call_command

        call_command("migrate", database="content", verbosity=0)
        house.offer()
        yield Installation(folder)


def tenant(name: str, *, keys: int = 1, cents: int = 100 * house.DOLLARS) -> Tenant:
    """Make a tenant whose project may spend its organization's money twice."""
    from django.db import connections

    from accounts.models import Organization, Project
    from billing.models import Budget
    from catalog.money import CENT
    from keys.actions import issue_key
    from ledger.actor import Actor

    organization = Organization.objects.create(name=name, slug=name)
    project = Project.objects.create(organization=organization, name=name, slug=name)
    house.credit(organization, cents)
    Budget.objects.create(
        subject_id=project.pk, level="project", organization_id=organization.pk, period="month", hard=2 * cents * CENT
    )
    issued = [issue_key(Actor.operator(), project=project, name=f"{name} {number}") for number in range(keys)]
    house.limit(issued[0][0])
    connections.close_all()
    return Tenant(organization.pk, project.pk, {secret: key.pk for key, secret in issued})


def kill(server: Server, *, spare: str = "nothing") -> None:
    """Kill a gateway and everything that it started with SIGKILL, but for what has a word in its command line."""
    for pid in tree(server.pid):
        try:
            if spare not in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass  # it went with its parent


async def until(holds: Callable[[], bool], patience: float) -> bool:
    """Ask a database or a disk again until something holds, and return whether it does."""
    deadline = time.monotonic() + patience
    while not await asyncio.to_thread(holds):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True

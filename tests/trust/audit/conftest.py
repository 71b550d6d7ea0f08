"""Events of Olivia's organization, with and without their leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organization
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action, AuditEvent
from vault.events import record_pending

URL = "/o/llamas-of-lisbon/audit/"
Happen = Callable[..., AuditEvent]


@pytest.fixture
def happen(organization: Organization) -> Happen:
    """Let something happen in the organization, and give it its leaf."""

    def run(
        action: Action = Action.KEY_CREATED,
        *,
        actor: Actor | None = None,
        target: object = "something",
        organization_id: object = organization.pk,
        is_recorded: bool = True,
        **payload: Any,
    ) -> AuditEvent:
        with transaction.atomic():
            event = record_event(
                actor or Actor.operator(),
                action,
                target=target,
                organization_id=organization_id,  # type: ignore[arg-type]
                **payload,
            )
        if is_recorded:
            record_pending()
        return event

    return run

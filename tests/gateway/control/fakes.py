"""What other gateways ask of, in memory: two organizations' keys, and who may ask about them."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db import OperationalError

from accounts.policy import Permission
from billing.funds import Funds
from billing.purses import Funding
from gateway.control.rooms import Known, fingerprint
from keys.admin.scopes import OF_GATEWAYS
from keys.control.credentials import Credential
from keys.control.standing import Place, Standing
from keys.verification import Caller
from tests.gateway.fakes import MEMBER, MEMBER_KEY, MODEL, OWNER, OWNER_KEY, MemoryRooms
from usage.calls import Call

T = TypeVar("T")

OPERATOR = "llg_operator"  # an installation's gateway
OLIVIA = "lla_olivia"  # her organization's own gateway
MIRA = "lla_mira"  # an admin key of the same organization, without the scopes
OTTO = "lla_otto"  # another organization's gateway
OTTOS_KEY = "llama_otto_key"  # a key of that organization
OTTOS = Caller(key_id=UUID(int=21), organization_id=UUID(int=2), project_id=UUID(int=201), retention_days=0)
NOTHING = Funds(Funding())


class MemoryControlRooms:
    """Rooms without a database; what was recorded is what the other rooms were told."""

    def __init__(self, rooms: MemoryRooms) -> None:
        self._rooms = rooms
        self.reset()

    def reset(self) -> None:
        self.credentials = {
            OPERATOR: Credential(None, OF_GATEWAYS),
            OLIVIA: Credential(OWNER.organization_id, OF_GATEWAYS),
            MIRA: Credential(OWNER.organization_id, frozenset[Permission]()),
            OTTO: Credential(OTTOS.organization_id, OF_GATEWAYS),
        }
        self.standings = {
            OWNER_KEY: Standing(OWNER),
            MEMBER_KEY: Standing(MEMBER),
            OTTOS_KEY: Standing(OTTOS),
        }
        self.funds: dict[UUID, Funds] = {}
        self.looked_up = 0
        self.identified = 0
        self.uncountable: set[UUID] = set()
        self.away = False

    def change(self, key: str, **changed: object) -> None:
        """Change what holds for a key, as its triggers would tell."""
        standing = self.standings[key]
        ended = str(changed.pop("ended", standing.ended))
        self.standings[key] = Standing(replace(standing.caller, **changed), ended)  # type: ignore[arg-type]
        self._rooms.changed += 1

    async def ask(self, question: Callable[[], T]) -> T:
        return await asyncio.to_thread(question)

    def is_well_formed(self, secret: str) -> bool:
        return "llama_" in secret

    def find_credential(self, secret: str) -> Credential | None:
        self._fail_if_away()
        self.identified += 1
        return self.credentials.get(secret)

    def look_up(self, secrets: Collection[str], organization_id: UUID | None) -> dict[str, Known]:
        self._fail_if_away()
        self.looked_up += 1
        reached = self._reached(organization_id)
        return {
            secret: Known(reached[secret], self.funds.get(reached[secret].caller.key_id, NOTHING))
            for secret in secrets
            if secret in reached
        }

    def places(
        self, secrets: Collection[str], key_ids: Collection[UUID], organization_id: UUID | None
    ) -> tuple[dict[str, Place], dict[UUID, Place]]:
        self._fail_if_away()
        places = {
            secret: Place(each.caller.key_id, each.caller.organization_id, each.caller.project_id)
            for secret, each in self._reached(organization_id).items()
        }
        by_id = {place.key_id: place for place in places.values() if place.key_id in key_ids}
        return {secret: place for secret, place in places.items() if secret in secrets}, by_id

    def models(self) -> frozenset[str]:
        return frozenset({MODEL})

    def countable(self, calls: Collection[Call]) -> list[bool]:
        return [call.key_id not in self.uncountable for call in calls]

    def recorded(self, ids: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
        self._fail_if_away()
        return {each: fingerprint(self._rooms.calls[each]) for each in ids if each in self._rooms.calls}

    def close(self) -> None:
        pass

    def _reached(self, organization_id: UUID | None) -> dict[str, Standing]:
        return {
            secret: standing
            for secret, standing in self.standings.items()
            if organization_id in (None, standing.caller.organization_id)
        }

    def _fail_if_away(self) -> None:
        if self.away:
            raise OperationalError("the database is away: secret internals")


MALFORMED = ["", "x", "llk_" + "0" * 38, "k" * 512, "schlüssel", "' OR 1=1 --"]

"""Verification: from a presented secret to the caller it speaks for, with everything that holds for its calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from keys.models import ApiKey, Level, Limits
from keys.scopes import Scope
from keys.secrets import hash_secret, is_well_formed

Network = IPv4Network | IPv6Network
COLUMNS = (
    "id",
    "project__organization_id",
    "project_id",
    "project__retention_days",
    "scopes",
    "allowed_models",
    "allowed_networks",
    "expires_at",
    "ends_at",
    "project__organization__slug",
    "project__organization__blocked_policies",
    "line_id",
    "leaked_at",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of limits, as a call meets it; `model` is "" for all models together."""

    level: str  # of Level
    subject_id: UUID
    model: str
    requests_per_minute: int | None
    tokens_per_minute: int | None
    concurrent: int | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a valid key speaks for, and what holds for its calls."""

    key_id: UUID
    organization_id: UUID
    project_id: UUID
    retention_days: int  # 0: prompts and answers are never written
    scopes: frozenset[str] = frozenset(Scope)
    models: frozenset[str] | None = None  # None: all
    networks: tuple[Network, ...] = ()  # none: from everywhere
    over_at: datetime | None = None
    organization: str = ""  # its slug, for addresses of pages
    blocked_policies: frozenset[str] = frozenset()  # classes of models that the organization does not reach
    rules: tuple[Rule, ...] = field(default=())
    line_id: UUID | None = None  # of a key that was rotated: the first of its line

    @property
    def subject_id(self) -> UUID:
        """Whose limits and budget the key has: those of its line, so that to rotate it resets no counter."""
        return self.line_id or self.key_id

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def reaches(self, model: str) -> bool:
        """Tell whether the key may call a model."""
        return self.models is None or model in self.models

    def comes_from(self, address: IPv4Address | IPv6Address | None) -> bool:
        """Tell whether the key may be used from an address; an unknown one is no allowed one."""
        return not self.networks or (address is not None and any(address in network for network in self.networks))


def find_caller(secret: str) -> Caller | None:
    """Return the caller of an active key in two queries.

    None for a malformed, unknown, revoked or expired one, one of an archived project, or a demo key in production.
    """
    if not is_well_formed(secret):
        return None
    keys = ApiKey.objects.active().filter(secret_hash=hash_secret(secret), project__archived_at=None)
    if not settings.DEVELOPMENT:
        keys = keys.filter(project__organization__is_demo=False)
    row = keys.values_list(*COLUMNS).first()
    return callers_of([row])[0] if row else None


def callers_of(rows: Sequence[tuple[Any, ...]]) -> list[Caller]:
    """Return the callers of rows of COLUMNS, with their rules in one query."""
    rules: dict[UUID, list[Rule]] = {}
    for rule in _rules_of({subject for row in rows for subject in _subjects(row)}):
        rules.setdefault(rule.subject_id, []).append(rule)
    return [_caller(row, rules) for row in rows]


def _caller(row: tuple[Any, ...], rules: Mapping[UUID, list[Rule]]) -> Caller:
    (key, organization, project, retention, scopes, models, networks, expires_at, ends_at, slug, blocked, line,
     leaked) = row  # fmt: skip
    own = [_of_leaked(key)] if leaked else []
    return Caller(
        key_id=key,
        organization_id=organization,
        project_id=project,
        retention_days=retention,
        scopes=frozenset(scopes),
        models=None if models is None else frozenset(models),
        networks=tuple(map(ip_network, networks)),
        over_at=min(filter(None, (expires_at, ends_at)), default=None),
        organization=slug,
        blocked_policies=frozenset(blocked),
        rules=(*(rule for subject in _subjects(row) for rule in rules.get(subject, ())), *own),
        line_id=line,
    )


def _subjects(row: tuple[Any, ...]) -> tuple[UUID, UUID, UUID]:
    """Return whose limits a key meets: of the organization, the project and the key's line, in this order."""
    key, organization, project, *_, line, _ = row
    return organization, project, line or key


def _of_leaked(key_id: UUID) -> Rule:
    """Return what is left of a key that is public: a rule with counters of its own, which no successor shares."""
    subject = uuid5(key_id, "leaked")
    return Rule(Level.KEY, subject, "", settings.LEAKED_REQUESTS_PER_MINUTE, None, concurrent=1)


def _rules_of(subjects: Iterable[UUID]) -> list[Rule]:
    """Return the limits of organizations, projects and keys, those of each by model."""
    return [
        Rule(row.level, row.subject_id, row.model, row.requests_per_minute, row.tokens_per_minute, row.concurrent)
        for row in Limits.objects.filter(subject_id__in=subjects).order_by("model")
    ]

"""What projects and keys cost in a month, the most expensive first; each in one query."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery, Sum

from accounts.models import Project
from billing.costs.scope import Scope
from keys.models import ApiKey

_SUMS = {
    "all": Sum("amount"),
    "tokens": Sum(F("prompt_tokens") + F("completion_tokens")),
    "calls": Sum("requests"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A project or key; the name is empty where it is gone. `hint` tells those of one name apart."""

    id: UUID
    name: str
    hint: str
    requests: int
    tokens: int
    amount: int


def project_costs(scope: Scope, most: int | None = None) -> list[Part]:
    project = Project.objects.filter(pk=OuterRef("project_id"))
    rows = scope.rows().values_list("project_id").annotate(**_SUMS, **_labels(project, "name", "slug"))
    return [_part(row, row[-1] or "") for row in _ranked(rows, "project_id", most)]


def key_costs(scope: Scope, most: int | None = None) -> list[Part]:
    key = ApiKey.objects.filter(pk=OuterRef("key_id"))
    rows = scope.rows(by_key=True).values_list("key_id").annotate(**_SUMS, **_labels(key, "name", "tail"))
    return [_part(row, ApiKey(tail=row[-1]).hint if row[-1] else "") for row in _ranked(rows, "key_id", most)]


def _labels(of: Any, *columns: str) -> dict[str, Subquery]:
    return {f"label_{column}": Subquery(of.values(column)) for column in columns}


def _ranked(rows: Any, column: str, most: int | None) -> Iterator[Any]:
    return iter(rows.order_by("-all", "-tokens", column)[:most])


def _part(row: Any, hint: str) -> Part:
    row_id, amount, tokens, calls, name, _ = row
    return Part(row_id, name or "", hint, requests=int(calls), tokens=int(tokens), amount=int(amount))

"""What the address of the list asks for; anything unknown falls back to the default, a foreign thing is not found."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.membership import Acting
from accounts.policy import Permission
from keys.models import ApiKey
from trust.requests.kept import retention_of
from usage.calls import Outcome
from usage.log import Place, Status, Wanted, models_of

RANGES = {
    "1h": (gettext_lazy("the last hour"), timedelta(hours=1)),
    "24h": (gettext_lazy("the last 24 hours"), timedelta(days=1)),
    "7d": (gettext_lazy("the last 7 days"), timedelta(days=7)),
    "30d": (gettext_lazy("the last 30 days"), timedelta(days=30)),
    "12m": (gettext_lazy("the last 12 months"), timedelta(days=365)),
}
_DEFAULT = "30d"
_STATUSES = {
    Status.OK: gettext_lazy("2xx, answered"),
    Status.CLIENT: gettext_lazy("4xx, refused"),
    Status.SERVER: gettext_lazy("5xx, failed"),
}
OUTCOMES: dict[str, str | Promise] = {
    Outcome.COMPLETED: gettext_lazy("Completed"),
    Outcome.DISCONNECTED: gettext_lazy("Client left"),
    Outcome.FAILED: gettext_lazy("Failed"),
}
_ONLY = {
    "kept": gettext_lazy("With prompt and answer"),
    "estimated": gettext_lazy("With estimated tokens"),
}


class Selection:
    """The filters of one request, as far as its reader may see."""

    def __init__(self, query: QueryDict, acting: Acting, now: datetime) -> None:
        self.acting = acting
        self.projects = list(acting.projects(Permission.VIEW_USAGE).order_by("name", "pk"))
        named = ApiKey.objects.visible_to(acting) | ApiKey.objects.of_playgrounds(acting)
        self.named = list(named.order_by("name", "pk").only("name", "tail", "project_id", "is_playground"))
        self.keys = [key for key in self.named if not key.is_playground]
        self.range = query.get("range") if query.get("range") in RANGES else _DEFAULT
        self.since = now - RANGES[str(self.range)][1]
        self.project = _one(self.projects, lambda each: each.slug, query.get("project", ""))
        self.key = _one(self.keys, lambda each: str(each.pk), query.get("key", ""))
        self.model = query.get("model", "")[:120].replace("\0", "")
        status, outcome, only = (query.get(name, "") for name in ("status", "outcome", "only"))
        self.status = Status(status) if status in set(Status) else None
        self.outcome = Outcome(outcome) if outcome in set(Outcome) else None
        self.only = only if only in _ONLY else ""
        self.before = _place(query.get("before", ""))
        self.id = _id(query.get("id", ""))
        self.has_bad_id = bool(query.get("id", "").strip()) and self.id is None

    @property
    def is_filtered(self) -> bool:
        return any((self.project, self.key, self.model, self.status, self.outcome, self.only))

    @property
    def retention(self) -> Mapping[UUID, int]:
        return retention_of(self.projects)

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            self.acting.organization.pk,
            projects=[self.project.pk] if self.project else self._limits,
            key_id=self.key.pk if self.key else None,
            model=self.model,
            status=self.status,
            outcome=self.outcome,
            estimated=self.only == "estimated",
            since=self.since,
        )

    @property
    def _limits(self) -> frozenset[UUID] | None:
        return self.acting.limits(Permission.VIEW_USAGE)

    def url(self, name: str = "requests:list", *args: str, **changes: str) -> str:
        query = {
            "range": "" if self.range == _DEFAULT else str(self.range),
            "project": self.project.slug if self.project else "",
            "key": str(self.key.pk) if self.key else "",
            "model": self.model,
            "status": self.status or "",
            "outcome": self.outcome or "",
            "only": self.only,
        } | changes
        path = reverse(name, args=[self.acting.organization.slug, *args])
        kept = {key: value for key, value in query.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    def pickers(self) -> list[dict[str, Any]]:
        models = models_of(self.acting.organization.pk, self._limits, self.since)
        known = models if not self.model or self.model in models else [self.model, *models]
        return [
            _picker("project", _("Project"), _("All projects"), {each.slug: each.name for each in self.projects},
                    self.project.slug if self.project else ""),
            _picker("key", _("API key"), _("All keys"), {str(key.pk): f"{key.name} {key.hint}" for key in self.keys},
                    str(self.key.pk) if self.key else ""),
            _picker("model", _("Model"), _("All models"), {each: each for each in known}, self.model),
            _picker("status", _("Status"), _("Any status"), _STATUSES, self.status or ""),
            _picker("outcome", _("Outcome"), _("Any outcome"), OUTCOMES, self.outcome or ""),
            _picker("only", _("Only"), _("All calls"), _ONLY, self.only),
        ]  # fmt: skip


def _picker(name: str, title: str, every: str, options: Mapping[Any, Any], chosen: str) -> dict[str, Any]:
    items = [{"value": str(value), "title": text, "selected": value == chosen} for value, text in options.items()]
    return {"name": name, "title": title, "items": [{"value": "", "title": every, "selected": not chosen}, *items]}


def _one(things: Any, name_of: Any, asked: str) -> Any:
    if not asked:
        return None
    found = next((each for each in things if name_of(each) == asked), None)
    if found is None:
        raise Http404
    return found


def _place(text: str) -> Place | None:
    try:
        return Place.read(text) if text else None
    except ValueError:
        raise Http404 from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text.strip()) if text.strip() else None
    except ValueError:
        return None

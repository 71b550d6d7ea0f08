"""Events that other gateways reported and that do not count: why, how many, and the last of them.

They belong to no project, so they are for who sees the usage of the whole organization.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F, Max, OuterRef, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from usage import figures
from usage.ingest_errors import KEPT
from usage.ingest_reasons import Reason, reason_of
from usage.models import IngestError


@dataclass(frozen=True, slots=True)
class Row:
    reason: Reason
    code: str
    detail: str
    count: str
    last_at: datetime
    last_event_id: str


@require_safe
def page(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_USAGE)
    if acting.limits(Permission.VIEW_USAGE) is not None:
        raise PermissionDenied(
            _("These events belong to no project. Who sees the whole organization’s usage sees them.")
        )
    context = {"rows": _rows(acting.organization.pk, timezone.now()), "kept_days": KEPT.days}
    return render(request, "usage/ingest_errors.html", context)


def _rows(organization_id: UUID, now: datetime) -> list[Row]:
    """Return the reasons, the one that came last first."""
    errors = IngestError.objects.filter(organization_id=organization_id, hour__gte=now - KEPT)
    last = errors.filter(code=OuterRef("code"), detail=OuterRef("detail")).order_by("-hour")
    found = errors.values("code", "detail").annotate(
        total=Sum("count"), newest=Max("last_at"), event=Subquery(last.values("last_event_id")[:1])
    )
    return [
        Row(
            reason=reason_of(each["code"]),
            code=each["code"],
            detail=each["detail"],
            count=figures.exact(each["total"]),
            last_at=each["newest"],
            last_event_id=each["event"],
        )
        for each in found.order_by(F("newest").desc(), "code", "detail")
    ]

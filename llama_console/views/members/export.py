"""The members as CSV, streamed; that somebody took the list is recorded before its first line."""

from collections.abc import Iterator

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import members
from accounts.members import Member, Selection, project_names
from accounts.membership import Acting
from accounts.step_up import recent_sign_in_required
from ledger.events import record_event
from ledger.models import Action
from llama_console.views.members import selection
from llama_console.views.members.access import managing
from llama_console.views.members.rows import factor_of
from usage import csv_export

_HEADER = ["name", "email", "role", "projects", "second_factor", "joined_utc", "last_seen_utc"]
_CHUNK = 500


@require_safe
@recent_sign_in_required
def export(request: HttpRequest, organization: str) -> HttpResponseBase:
    acting = managing(request, organization)
    wanted = selection.read(request.GET, is_manager=True)
    with transaction.atomic():
        record_event(
            acting.actor,
            Action.MEMBERS_EXPORTED,
            target=acting.organization.pk,
            organization_id=acting.organization.pk,
            members=acting.organization.memberships.count(),
        )
    lines = csv_export.lines(_HEADER, _rows(acting, wanted))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{organization}-members-{timezone.now():%Y-%m-%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _rows(acting: Acting, wanted: Selection) -> Iterator[list[str | int]]:
    """Return a line a member; one leaf for all names, and one for each chunk of roles."""
    projects = dict(acting.projects().values_list("pk", "name"))
    for chunk in members.all_of(acting.actor, acting.organization, wanted, _CHUNK):
        for member in chunk:
            yield _row(member, project_names(member.access.projects, projects) if member.access else "")


def _row(member: Member, projects: str) -> list[str | int]:
    return [
        member.name,
        member.email,
        member.access.role.value if member.access else "",
        projects,
        factor_of(member)[0],
        member.joined_at.isoformat(timespec="seconds"),
        member.seen_at.isoformat(timespec="minutes") if member.seen_at else "",
    ]

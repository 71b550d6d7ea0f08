"""Exporting one's own data: asking for it, and taking the archive away. Each takes a recent sign-in."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.exports import find_export, note_download, request_export
from accounts.models import DataExport
from accounts.requests import user_of
from accounts.step_up import recent_sign_in_required
from trust.archive.streaming import stream


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def export(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST":
        if request_export(user):
            messages.success(request, _("Asked for. We write to you as soon as the archive is ready."))
        else:
            messages.error(request, _("That is too often. Wait until tomorrow and try again."))
        return redirect("own_export:export")
    return _page(request, user.exports.kept(timezone.now()).first())


@never_cache
@require_safe
@recent_sign_in_required
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the archive that a letter's link is for. The link alone opens nothing."""
    found = find_export(user_of(request), token)
    return _page(request, found, is_over=found is None)


@require_POST
@recent_sign_in_required
def archive(request: HttpRequest, export_id: str) -> StreamingHttpResponse:
    user = user_of(request)
    found = user.exports.ready(timezone.now()).filter(pk=export_id).first()
    if found is None:
        raise Http404
    pieces = stream(user, found)
    first = next(pieces)  # what can be refused is refused before the answer begins
    note_download(found)
    response = StreamingHttpResponse(_whole(first, pieces), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.now():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, found: DataExport | None, *, is_over: bool = False) -> HttpResponse:
    return render(
        request, "accounts/export.html", {"export": found, "is_over": is_over}, status=410 if is_over else 200
    )


def _whole(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest

"""What is taken away to check this installation from outside: the proof bundle and the verifier."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from ledger.bundle import was_exported
from trust.proof import bundle_for
from trust.verifier import verifier as installed
from trust.views.data_access import acting_for, bundle_name

_SIZE = re.compile(r"[0-9]{1,18}")


@require_safe
def bundle(request: HttpRequest, organization: str) -> HttpResponseBase:
    return bundle_of(request, acting_for(request, organization).organization.vault_tenant, organization)


@require_safe
def verifier(request: HttpRequest, organization: str) -> HttpResponseBase:
    acting_for(request, organization)
    return verifier_file()


def bundle_of(request: HttpRequest, tenant: UUID, file: str) -> HttpResponseBase:
    """Answer with the bundle of a tenant; who asks may see it."""
    pieces = bundle_for(tenant, earlier=_earlier(request, tenant))
    answer = StreamingHttpResponse(pieces, content_type="application/json")
    return _download(answer, bundle_name(file))


def verifier_file() -> HttpResponseBase:
    found = installed()
    return _download(HttpResponse(found.source, content_type="text/x-python; charset=utf-8"), found.name)


def _earlier(request: HttpRequest, tenant: UUID) -> int | None:
    """Return the size of the log at the former export that somebody asks to be listed."""
    asked = request.GET.get("earlier")
    if asked is None:
        return None
    if not (_SIZE.fullmatch(asked) and was_exported(tenant, int(asked))):
        raise Http404
    return int(asked)


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response

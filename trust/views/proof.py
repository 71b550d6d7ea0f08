"""What is taken away to check this installation from outside: the proof bundle and the verifier."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from trust.proof import bundle_for
from trust.verifier import verifier as installed
from trust.views.data_access import acting_for, bundle_name


@require_safe
def bundle(request: HttpRequest, organization: str) -> HttpResponseBase:
    acting = acting_for(request, organization)
    answer = StreamingHttpResponse(bundle_for(acting.organization.vault_tenant), content_type="application/json")
    return _download(answer, bundle_name(organization))


@require_safe
def verifier(request: HttpRequest, organization: str) -> HttpResponseBase:
    acting_for(request, organization)
    found = installed()
    return _download(HttpResponse(found.source, content_type="text/x-python; charset=utf-8"), found.name)


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response

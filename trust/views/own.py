"""Who opened one's own data, for everybody who is signed in, and the proof of it to take away. Nothing opens for it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from ledger.actor import Actor
from trust.report import Report
from trust.selection import Selection
from trust.views import data_access as shown
from trust.views import proof
from trust.whose import PERSONS


@never_cache
@require_safe
def data_access(request: HttpRequest) -> HttpResponse:
    return shown.page(request, _report(request))


@never_cache
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    return shown.csv(_report(request))


@require_safe
def bundle(request: HttpRequest) -> HttpResponseBase:
    return proof.bundle_of(request, user_of(request).vault_tenant, PERSONS.file)


@require_safe
def verifier(request: HttpRequest) -> HttpResponseBase:
    return proof.verifier_file()


def _report(request: HttpRequest) -> Report:
    user = user_of(request)
    return Report(user.vault_tenant, Selection(request.GET, PERSONS), Actor.user(user.pk), timezone.now())

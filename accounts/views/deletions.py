"""The page of a deletion, for whoever has its link: where it is, and its receipt. It needs no account.

The link cancels the deletion of an account; that of an organization is cancelled by its owners, who sign in.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.deletions import LINK, cancel_deletion
from accounts.deletion_links import find_by_token
from accounts.models import Deletion
from accounts.models.deletion import Subject


@login_not_required
@never_cache
@require_safe
def deletion(request: HttpRequest, token: str) -> HttpResponse:
    found = _found(token)
    context = {
        "deletion": found,
        "token": token,
        "is_account": found.kind == Subject.USER,
        "horizon": found.receipt["horizon"] if found.receipt else "",
        "keys": len(found.receipt["keys"]) if found.receipt else 0,
    }
    return render(request, "deletions/deletion.html", context)


@login_not_required
@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    found = _found(token)
    if found.receipt is None:
        raise Http404
    response = JsonResponse(found.receipt, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return response


@login_not_required
@never_cache
@require_POST
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    found = _found(token)
    if found.kind != Subject.USER:
        raise Http404
    cancel_deletion(LINK, deletion=found)
    return redirect("accounts:deletion", token)


def _found(token: str) -> Deletion:
    found = find_by_token(token)
    if found is None:
        raise Http404
    return found

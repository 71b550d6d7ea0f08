"""The page of the API: every operation with its scope, parameters and a call to paste, made of the schema."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admin_api.frame.parsing import MOST
from admin_api.frame.problems import TYPES
from admin_api.frame.served import document
from admin_api.reference import groups


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    context = {"groups": groups(document()), "problems": TYPES, "largest": MOST // 1024}
    return render(request, "admin_api/reference.html", context)

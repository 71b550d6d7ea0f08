"""Which messages somebody gets, and how."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/notifications.html")

"""The link at the end of a letter. A mail program posts to it without a session; a person sees a page with a button."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import unsubscribing


@login_not_required
@csrf_exempt  # RFC 8058: the token is all that proves the request, and all that it can do is to end letters
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    subscription = unsubscribing.read(token)
    if subscription is None:
        return render(request, "notifications/unsubscribe.html", {"subscription": None}, status=404)
    if request.method == "POST":
        subscription.end()
    context = {"subscription": subscription, "is_done": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)

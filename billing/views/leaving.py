"""Sending the browser to the payment provider, by a page of its own: a form's redirect to another host is what our
policy for forms forbids. The address is a secret of whoever pays; it stands in this one answer.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def leave(request: HttpRequest, url: str, *, back: str) -> HttpResponse:
    answer = render(request, "billing/leave.html", {"url": url, "host": url.split("/")[2], "back": back})
    answer["Refresh"] = f"0; url={url}"
    return answer

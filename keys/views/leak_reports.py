"""Reports of leaked keys, from scanners and from whoever found one: no account is needed to report a key that one has.

The body is what GitHub's secret scanning sends to partners: a list of objects with `token`, `type` and `url`. The
answer says how many items came, and is the same for keys that there are and keys that there are not.
"""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.sources import source_of
from keys.leaks import take_reports
from notifications import fingerprints
from notifications.nudge import nudge
from notifications.windows import counters, take

MOST_ITEMS, _LONGEST_TOKEN, _LARGEST = 500, 200, 512 * 1024
_SCOPE = "leak-report-hour"
_SHAPE = "Send a JSON list of at most 500 objects, each with the texts token, type and url."


@login_not_required
@csrf_exempt
@require_POST
def leak_reports(request: HttpRequest) -> JsonResponse:
    caps = {_SCOPE: settings.LEAK_REPORTS_PER_HOUR}
    if not take(counters("leak-report", fingerprints.of_other("source", source_of(request)), caps), caps):
        return _problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many reports came from this address. Try again in an hour.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A report has at most 512 KiB.")
    items = _items(request.body)
    if items is None:
        return _problem(HTTPStatus.BAD_REQUEST, _SHAPE)
    take_reports((item["token"], item["url"]) for item in items)
    nudge("keys.carry_out_leak_reports")
    return JsonResponse({"received": len(items)}, status=HTTPStatus.ACCEPTED)


def _items(body: bytes) -> list[dict[str, str]] | None:
    """Return the reported items; None for what has another shape. Members that are not known here are ignored."""
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        return None
    read = [_item(each) for each in items]
    return None if None in read else [each for each in read if each]


def _item(item: Any) -> dict[str, str] | None:
    if not isinstance(item, dict):
        return None
    token, url = item.get("token"), item.get("url") or ""
    if not isinstance(token, str) or not isinstance(url, str) or not isinstance(item.get("type", ""), str):
        return None
    return {"token": token[:_LONGEST_TOKEN], "url": url[:2000]}


def _problem(status: HTTPStatus, detail: str) -> JsonResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "3600"
    return response

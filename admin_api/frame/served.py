"""The schema, served to everybody: it holds no data."""

import json
from functools import cache
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@cache
def document() -> dict[str, Any]:
    """Return the schema, made once a process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return cast(dict[str, Any], generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    text = json.dumps(document(), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json; charset=utf-8")

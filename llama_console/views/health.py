"""Health: /healthz says that the console answers, /readyz what it depends on and whether that is there."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from llama_console.celery import app
from notifications.models import Heartbeat
from vault.roots import roots

_WORKER_SILENCE = timedelta(seconds=60)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    dependencies = {name: "ok" if _answers(check) else "unavailable" for name, check in _CHECKS.items()}
    ready = set(dependencies.values()) == {"ok"}
    body = {"status": "ok" if ready else "unavailable", "dependencies": dependencies}
    return JsonResponse(body, status=200 if ready else 503)


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever is wrong with a dependency, it is not available
        return False


def _database(alias: str) -> Callable[[], bool]:
    def check() -> bool:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
        return True

    return check


def _roots() -> bool:
    roots().check()
    return True


def _broker() -> bool:
    with app.connection_for_write(connect_timeout=1) as connection:
        connection.ensure_connection(max_retries=1, timeout=1)
    return True


def _worker() -> bool:
    return Heartbeat.objects.filter(part="worker", at__gt=timezone.now() - _WORKER_SILENCE).exists()


_CHECKS: dict[str, Callable[[], bool]] = {
    **{alias: _database(alias) for alias in settings.DATABASES if alias != "default"},
    "database": _database("default"),
    "root_keys": _roots,
    "broker": _broker,
    "worker": _worker,
}

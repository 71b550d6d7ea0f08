"""A link's token is a secret: whatever is refused at its address, the log has the address without it."""

import logging
import secrets
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from llama_console.logs import LineFormatter

pytestmark = pytest.mark.django_db


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each, route)
        elif "token" in each.pattern.converters:
            yield "/" + route


ROUTES = sorted(_routes(get_resolver()))


def test_links_with_tokens_are_found() -> None:
    assert {"/verify/<token:token>/", "/reset/<token:token>/", "/unsubscribe/<str:token>/"} <= set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_no_log_line_has_a_links_token(route: str, caplog: pytest.LogCaptureFixture) -> None:
    token = secrets.token_urlsafe(32)
    address = route.replace("<token:token>", token).replace("<str:token>", token)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        for method in ("get", "post", "put", "delete"):
            getattr(strict, method)(address)
            getattr(strict, method)(address + "more")
    lines = [LineFormatter().format(record) for record in caplog.records]
    assert any("…" in line for line in lines), "something was refused, and is logged"
    assert not [line for line in lines if token in line]

"""The frame of all pages, and small parts of them. Every value goes through `format_html`, which escapes it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Stripe simulator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/outside.css">
<link rel="stylesheet" href="/static/stripe.css">
</head>
<body>
<header class="banner"><strong>Stripe simulator</strong> No real money moves, and no real card works here.</header>
<main class="{shape}">{main}</main>
</body>
</html>
"""
_ERROR = '<p class="error" role="alert">{}</p>'
_EMPTY = '<section class="card empty"><h1>{}</h1><p>{}</p></section>'
_FACT = "<div><dt>{}</dt><dd>{}</dd></div>"


def page(title: str, main: SafeString, shape: str = "narrow") -> str:
    return format_html(_PAGE, title=title, main=main, shape=shape)


def message(title: str, text: str) -> str:
    return page(title, format_html(_EMPTY, title, text))


def error(text: str) -> SafeString:
    return format_html(_ERROR, text) if text else SafeString()


def facts(rows: Iterable[tuple[str, object]]) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', format_html_join("", _FACT, rows))


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def day(at: int | None) -> SafeString:
    if at is None:
        return SafeString("—")
    moment = datetime.fromtimestamp(at, UTC)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), f"{moment:%B} {moment.day}, {moment.year}")


def moment(at: int) -> SafeString:
    found = datetime.fromtimestamp(at, UTC)
    return format_html('<time datetime="{}">{} UTC</time>', found.isoformat(), found.strftime("%b %d, %H:%M:%S"))

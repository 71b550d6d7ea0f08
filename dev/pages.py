"""The pages of the mailbox and the phone. Every value goes through `format_html`, which escapes it."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dev.mailbox import Mail, pieces
from dev.phone import Sms

REFRESH = format_html('<meta http-equiv="refresh" content="{}">', 3)
SHOWN = 6  # messages on one phone's screen
_HEAD_TAG = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{refresh}
<title>{title} · Outside world</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/outside.css">
</head>
<body>
<header class="bar"><p class="brand">Outside world</p>
<nav class="seg" aria-label="Outside world">{tabs}</nav></header>
<main>{main}</main>
</body>
</html>
"""

_HEAD = '<div class="page-head"><h1>{}</h1><p>{}</p></div>'
_EMPTY = '<section class="card empty"><h2>{}</h2><p>{}</p></section>'
_FACT = "<div><dt>{}</dt><dd>{}</dd></div>"
_MAIL = """
<p class="back"><a href="/mailbox">← Mailbox</a></p>
<div class="page-head split"><h1>{subject}</h1>{button}</div>
{facts}{frame}{text}
"""
_ROW = """
<li><a class="mail" href="/mailbox/{id}"><b>{subject}</b><span>{to}</span>
<span class="meta">from {sender}, {time}</span></a>{button}</li>
"""
_FRAME = """
<section class="card"><h2>As mail programs show it</h2>
<iframe title="The mail" src="/mailbox/{}/html"
  sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"></iframe></section>
"""
_TEXT = '<section class="card"><h2>Plain text</h2><div class="text">{}</div></section>'
_THREAD = """
<section class="thread" aria-label="Messages to {to}">
<div class="phone">
<div class="status" aria-hidden="true"><span>9:41</span><span class="camera"></span><span>5G</span></div>
<p class="sender"><span class="avatar" aria-hidden="true">LC</span>{sender}</p>
{bubbles}{code}
</div>
<div class="card"><h2>{to}</h2>{facts}</div>
</section>
"""
_BUBBLE = '<p class="when">{}</p><p class="bubble">{}</p>'
_CODE = '<p class="fill"><span>From Messages<b>{}</b></span></p>'


def mailbox(mails: list[Mail]) -> str:
    head = format_html(_HEAD, "Mailbox", "Every email this console sends lands here, in memory only. Newest first.")
    if not mails:
        body = format_html(_EMPTY, "No mail yet", "Sign up or invite someone; the email shows up here by itself.")
    else:
        body = format_html('<ul class="card mails">{}</ul>', _joined(map(_row, mails)))
    return _page("Mailbox", head + body, refresh=REFRESH)


def mail(mail: Mail) -> str:
    main = format_html(
        _MAIL,
        subject=mail.subject,
        button=_button(mail),
        facts=_facts([("From", mail.sender), ("To", mail.to), ("Received", _time(mail.at))]),
        frame=format_html(_FRAME, mail.id) if mail.html else "",
        text=format_html(_TEXT, _linked(mail.text)) if mail.text else "",
    )
    return _page("Mail", main)


def phone(threads: dict[str, list[Sms]]) -> str:
    head = format_html(_HEAD, "Phone", "Every text message this console sends rings here, in memory only.")
    if not threads:
        body = format_html(
            _EMPTY, "No messages yet", "Add a phone number or ask for a code; it shows up here by itself."
        )
    else:
        body = _joined(map(_thread, threads.values()))
    return _page("Phone", head + body, refresh=REFRESH)


def not_found() -> str:
    return _page("Not found", format_html(_EMPTY, "Nothing here", "The mail is gone, or never came."))


def framed(html: str) -> str:
    """Return a mail's HTML so that its links leave the frame; its own document type stays first."""
    base = '<base target="_top">'
    head = _HEAD_TAG.search(html)
    if not head:
        return f"<!doctype html><head>{base}</head>{html}"
    return html[: head.end()] + base + html[head.end() :]


def _page(title: str, main: SafeString, refresh: str = "") -> str:
    tabs = (("Email", "/mailbox", title in {"Mailbox", "Mail"}), ("SMS", "/phone", title == "Phone"))
    links = _joined(_tab(name, address, current) for name, address, current in tabs)
    return format_html(_PAGE, title=title, refresh=refresh, tabs=links, main=main)


def _tab(name: str, address: str, current: bool) -> SafeString:
    if current:
        return format_html('<a href="{}" aria-current="page">{}</a>', address, name)
    return format_html('<a href="{}">{}</a>', address, name)


def _row(mail: Mail) -> SafeString:
    return format_html(
        _ROW,
        id=mail.id,
        subject=mail.subject,
        to=mail.to,
        sender=mail.sender,
        time=_time(mail.at),
        button=_button(mail),
    )


def _button(mail: Mail) -> str:
    # `links` only ever holds http and https addresses.
    return format_html('<a class="btn primary" href="{}">Open link</a>', mail.links[0]) if mail.links else ""


def _linked(text: str) -> SafeString:
    return _joined(
        format_html('<a href="{}">{}</a>', piece, piece) if is_link else format_html("{}", piece)
        for piece, is_link in pieces(text)
    )


def _thread(messages: list[Sms]) -> SafeString:
    newest = messages[0]
    shown = reversed(messages[:SHOWN])
    return format_html(
        _THREAD,
        to=newest.to,
        sender=newest.sender or newest.service,
        bubbles=_joined(format_html(_BUBBLE, _time(sms.at), sms.body) for sms in shown),
        code=format_html(_CODE, newest.code()) if newest.code() else "",
        facts=_facts(_about(newest, len(messages))),
    )


def _about(sms: Sms, count: int) -> list[tuple[str, str]]:
    segments = sms.segments()
    return [
        ("From", sms.sender or sms.service),
        ("Received", _time(sms.at)),
        ("Characters", f"{len(sms.body)}, {sms.encoding()}"),
        ("Segments", "1 segment" if segments == 1 else f"{segments} segments"),
        ("Messages to this number", str(count)),
    ]


def _facts(facts: list[tuple[str, str]]) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', format_html_join("", _FACT, facts))


def _time(at: datetime) -> SafeString:
    return format_html('<time datetime="{}">{} UTC</time>', at.isoformat(), at.strftime("%b %d, %H:%M:%S"))


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))

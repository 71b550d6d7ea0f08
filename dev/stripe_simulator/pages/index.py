"""The first page: what happened, and the clock."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages.frame import joined, moment, page

STEPS = (("An hour", 3600), ("A day", 86400), ("A week", 7 * 86400), ("A month", 30 * 86400))
_MAIN = """
<div class="page-head"><h1>Stripe simulator</h1>
<p>What the console asks of Stripe is answered here, and what happens is told to it by webhooks.</p></div>
<section class="card"><h2>Clock</h2>
<div class="form"><p>It is {now}. Moving it on expires sessions, retries invoices, settles, and pays out.</p>
<div class="acts">{steps}</div></div></section>
<section class="card"><h2>Events</h2>{events}</section>
"""
_STEP = """
<form method="post" action="/clock"><input type="hidden" name="seconds" value="{}">
<button class="btn plain">{}</button></form>
"""
_EVENT = """
<li><span class="number">{type}</span><span class="meta">{about}</span><span class="meta">{at}</span>
<span class="badge {state}">{state}</span></li>
"""


def index(now: int, events: list[tuple[Json, bool]]) -> str:
    """`events`: the newest first, and whether each was delivered."""
    steps = joined(format_html(_STEP, seconds, name) for name, seconds in STEPS)
    return page("Events", format_html(_MAIN, now=moment(now), steps=steps, events=_events(events)), "wide")


def _events(events: list[tuple[Json, bool]]) -> SafeString:
    if not events:
        return format_html('<p class="none">{}</p>', "Nothing happened yet. Buy credit in the console.")
    rows = joined(
        format_html(
            _EVENT,
            type=event["type"],
            about=event["data"]["object"]["id"],
            at=moment(event["created"]),
            state="delivered" if delivered else "waiting",
        )
        for event, delivered in events
    )
    return format_html('<ul class="rows">{}</ul>', rows)

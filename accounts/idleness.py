"""How long somebody was away from the console since they last showed who they are.

A session notes a rest when it is over, whichever page ends it: else one look at a page without such a rule would hide
the rest from the organization that has one. It is measured by when the session was last seen, which is noted at most
once in `SEEN`: so a rest may seem longer by that much, and never shorter.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from accounts.step_up import confirmed_at

SEEN = timedelta(minutes=5)  # a request writes nothing until so much later
_NOTED = timedelta(minutes=10)  # shorter ones are of no interest to any rule
_KEY = "rested"  # since which confirmation, and for how many seconds


def rest_of(session: SessionBase, now: datetime) -> timedelta:
    """Return the longest rest since somebody showed who they are, the present one included."""
    since, seconds = session.get(_KEY, ("", 0))
    noted = timedelta(seconds=seconds) if since == _since(session) else timedelta()
    return max(noted, _present(session, now))


def note(session: SessionBase, now: datetime) -> None:
    """Keep the rest that ends with this request."""
    if (rest := rest_of(session, now)) > _NOTED:
        session[_KEY] = (_since(session), int(rest.total_seconds()))


def _since(session: SessionBase) -> str:
    return str(confirmed_at(session))


def _present(session: SessionBase, now: datetime) -> timedelta:
    seen: datetime | None = getattr(session, "seen_at", None)
    known = [at for at in (seen, confirmed_at(session)) if at]
    return now - max(known) if known else timedelta()

"""A session that an attacker has, too: they put its id into somebody's browser before."""

from django.conf import settings
from django.test import Client

from accounts.session_store import SessionStore


def planted_in(victim: Client) -> Client:
    """Return the attacker's browser, which shares its session with the victim's."""
    session, attacker = SessionStore(), Client()
    session["theirs"] = True
    session.save()
    for each in (victim, attacker):
        each.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return attacker

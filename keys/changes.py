"""Telling gateways that what they remember is no longer so: triggers on what a key's answer depends on.

No code has to think of it, whichever way a row changes. Rooms above add tables of theirs with `watch`. The triggers are
made after each migration, so a table that SQLite rebuilt has its own again.
"""

from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from keys.models import Change

_KEPT = timedelta(hours=1)  # longer than any transaction
_NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')", "postgresql": "now()"}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}
_TABLE = Change._meta.db_table
_SQLITE = """
    CREATE TRIGGER {name} AFTER {event} ON {table}
    BEGIN INSERT INTO {into} (at) VALUES ({now}); END"""
_POSTGRES = """
    CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {into}_note()"""
_POSTGRES_FUNCTION = """
    CREATE OR REPLACE FUNCTION {into}_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO {into} (at) VALUES ({now}); RETURN NULL; END $$"""
_STATE = f"SELECT COUNT(*), MIN(id), MAX(id) FROM {_TABLE}"  # noqa: S608

State = tuple[int, int | None, int | None]
_watched: dict[str, tuple[str, ...]] = {
    "keys_apikey": ("UPDATE", "DELETE"),
    "keys_serviceaccount": ("UPDATE", "DELETE"),
    "keys_limits": ("INSERT", "UPDATE", "DELETE"),
    "accounts_project": ("UPDATE", "DELETE"),
    "accounts_organization": ("UPDATE", "DELETE"),
    # What other gateways are believed by: their keys, and of an admin key what its maker may do.
    "keys_controlkey": ("UPDATE", "DELETE"),
    "keys_adminkey": ("UPDATE OF scopes, expires_at, revoked_at", "DELETE"),
    "accounts_membership": ("UPDATE OF role", "DELETE"),
    "accounts_user": ("UPDATE OF is_active",),
    "accounts_securitysettings": ("INSERT", "UPDATE", "DELETE"),
}


def watch(table: str, *events: str) -> None:
    """Have changes of one more table noted; an event is INSERT, DELETE, UPDATE or UPDATE OF some columns."""
    _watched[table] = events


def state() -> State:
    """Return what is another value after each change that was committed, in one query.

    Numbers are given before their transactions commit, so the newest alone would not tell of one that comes late.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(_STATE)
        count, least, most = cursor.fetchone()
    return count, least, most


def purge() -> int:
    """Forget changes that every gateway has seen, and return how many there were."""
    return Change.objects.filter(at__lt=timezone.now() - _KEPT).delete()[0]


def install(sender: object, using: str, **_: Any) -> None:
    """Make the triggers that are missing; a receiver of post_migrate, which comes after every room's migrations."""
    connection = connections[using]
    if using != DEFAULT_DB_ALIAS:
        return  # nothing of this is there
    with connection.cursor() as cursor:
        cursor.execute(_THERE[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
        missing = [each for each in _triggers() if each[0] not in there]
        tables = set(connection.introspection.table_names(cursor)) if missing else set()
        if not missing or not {_TABLE, *_watched} <= tables:
            return  # all of it is there, or not all of the tables yet
        for statement in _statements(connection.vendor, missing):
            cursor.execute(statement)


def _triggers() -> list[tuple[str, str, str]]:
    """Return name, table and event of each."""
    return [
        (f"{table}_{event.split()[0].lower()}_noted", table, event)
        for table, events in sorted(_watched.items())
        for event in events
    ]


def _statements(vendor: str, triggers: list[tuple[str, str, str]]) -> list[str]:
    into = {"into": _TABLE, "now": _NOW[vendor]}
    made = [] if vendor == "sqlite" else [_POSTGRES_FUNCTION.format(**into)]
    template = _SQLITE if vendor == "sqlite" else _POSTGRES
    return made + [template.format(name=name, event=event, table=table, **into) for name, table, event in triggers]

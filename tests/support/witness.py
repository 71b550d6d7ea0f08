"""Watches every request of a test client: what it changes must write its audit event in the same transaction.

It looks at the statements that reach the console's database, so nothing has to be registered: a new table is watched
from its first day, unless it is named below with the reason why nobody has to be told of its changes.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test.client import ClientHandler

_EVENTS = "ledger_auditevent"

# Tables that no customer, member or operator has to be told of.
UNWATCHED = {
    "ledger_pendingevent": "a part of the event",
    "accounts_browsersession": "what browsers carry; signing in and out, and ending sessions, have events of their own",
    "accounts_directory": "what is known of the members, put together to be searched; their changes have events",
    "accounts_device": "recognised at a sign-in, which has its event",
    "usage_savedview": "what a member keeps on the usage page for themselves; it changes nothing for anybody else",
    "admin_api_doneonce": "that a program's request came; what it did has its event, and there may be nothing to do",
    "keys_turn": "that an answer of the playground is under way; the call has a usage event",
    "notifications_windowcount": "counts of tries",
    "notifications_outboxmessage": "messages, which follow from what was changed",
    "notifications_digestitem": "messages",
    "notifications_delivery": "messages",
    "notifications_deliveryhour": "counts of messages",
    "notifications_heartbeat": "when a worker was last alive",
    "notifications_turn": "whose turn it is to start a task",
    "keys_leakreport": "what somebody says is public, of whosever key; what follows from it has events",
    "billing_stripeintent": "what is to be done at Stripe, which follows from what was changed",
    "billing_stripeevent": "what Stripe tells; what follows from it has events",
}
# Requests of nobody who has an account.
UNWATCHED_REQUESTS = {"/hooks/": "what providers tell of messages: bounces, complaints, STOP and START"}
# Columns that change with mere use, by table.
UNWATCHED_COLUMNS = {
    # What Stripe calls ours, beside the events of what it is for.
    "billing_topup": {"stripe_session", "stripe_invoice", "stripe_payment"},
    "billing_billingaccount": {"stripe_customer"},
    "accounts_user": {"last_login"},  # beside the event of the sign-in
    "accounts_membership": {"seen_at"},
    "keys_adminkey": {"last_used_at"},
    "accounts_passkey": {"sign_count", "last_used_at"},  # beside the event of what it was shown for
    "accounts_totp": {"last_step"},
    "accounts_emailverification": {"attempts"},  # of a wrong code
    "accounts_spareaddress": {"attempts"},
    "accounts_verifieddomain": {"checked_at", "missing_since"},  # what a look at its record found
}
# Statements, for what the columns alone do not tell.
UNWATCHED_STATEMENTS = (
    # An authenticator app that waits for its first code counts for nothing.
    re.compile(r'INSERT INTO "accounts_totp"'),
    re.compile(r'DELETE FROM "accounts_totp" WHERE .*"confirmed_at" IS NULL'),
)
_WRITES = re.compile(
    r'\s*(?:WITH\b.*?\)\s*)?(INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I | re.S
)
_SET = re.compile(r'"(\w+)"\s*=')


@dataclass
class _Frame:
    """What one `atomic` block did so far."""

    changed: set[str] = field(default_factory=set)
    has_event: bool = False


class _State(threading.local):
    """`frames` is None outside of requests."""

    frames: list[_Frame] | None = None
    request = ""


_state = _State()
faults: list[str] = []


def install() -> None:
    """Watch from now on; what is found goes to `faults`."""
    ClientHandler.__call__ = _watched(ClientHandler.__call__)  # type: ignore[method-assign]
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def entered(self: Any) -> Any:
        result = enter(self)
        if _state.frames is not None and _is_console(self.using):
            _state.frames.append(_Frame())
        return result

    def left(self: Any, exc_type: Any, exc_value: Any, traceback: Any) -> Any:
        if _state.frames and _is_console(self.using):
            frame = _state.frames.pop()
            if exc_type is None and not connections[DEFAULT_DB_ALIAS].needs_rollback:
                _merge(frame)
        return leave(self, exc_type, exc_value, traceback)

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = entered, left


@contextmanager
def watching(request: str) -> Iterator[None]:
    """Watch what is done inside as one request."""
    before, _state.frames, _state.request = _state.frames, [], request
    try:
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(_note):
            yield
    finally:
        _state.frames = before


@pytest.fixture(autouse=True)
def every_change_has_its_event() -> Iterator[None]:
    """Fail a test whose requests changed something and did not record it."""
    faults.clear()
    yield
    assert not faults, "; ".join(faults)


def _watched(call: Callable[..., Any]) -> Callable[..., Any]:
    def watched(self: Any, environ: dict[str, Any]) -> Any:
        if environ["PATH_INFO"].startswith(tuple(UNWATCHED_REQUESTS)):
            return call(self, environ)
        with watching(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"):
            return call(self, environ)

    return watched


def _note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    result = execute(sql, params, many, context)
    if (written := _WRITES.match(sql)) and context["cursor"].rowcount != 0:
        table = written[2].lower()
        is_use = written[1].upper() == "UPDATE" and _columns(sql) <= UNWATCHED_COLUMNS.get(table, set())
        if table == _EVENTS:
            _merge(_Frame(has_event=True))
        elif table not in UNWATCHED and not is_use and not any(each.match(sql) for each in UNWATCHED_STATEMENTS):
            _merge(_Frame(changed={table}))
    return result


def _columns(sql: str) -> set[str]:
    return set(_SET.findall(re.split(r"\bWHERE\b", sql)[0])) or {"?"}


def _merge(frame: _Frame) -> None:
    """Add what was done to the block around; where there is none it is committed, and has to be complete."""
    if _state.frames:
        _state.frames[-1].changed |= frame.changed
        _state.frames[-1].has_event |= frame.has_event
    elif frame.changed and not frame.has_event:
        faults.append(f"{_state.request} changed {', '.join(sorted(frame.changed))} without an audit event")


def _is_console(using: str | None) -> bool:
    return (using or DEFAULT_DB_ALIAS) == DEFAULT_DB_ALIAS

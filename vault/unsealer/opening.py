"""Sealing and opening: the leaf is committed, then the first plaintext is released. Refusals are recorded, too."""

import secrets

from django.conf import settings

from ledger.ids import INSTALLATION
from ledger.leaves import Entry
from ledger.models import LeafType
from vault.errors import VaultError
from vault.places import column
from vault.unsealer import grants
from vault.unsealer.messages import Begin, Distrust, End, Open, Opening, OpenOnce, Seal, Value
from vault.unsealer.scopes import Scope, rule_of, scope_of
from vault.unsealer.session import Session

_TOKEN_SIZE = 16


def seal(session: Session, request: Seal) -> list[bytes]:
    return [session.seal(column(value.label), value, value.data) for value in request.values]


def begin(session: Session, request: Begin) -> bytes:
    opening = request.opening
    try:
        session.make_room()
        scope = _admit(session, opening)
    except VaultError as error:
        refuse(session, error, opening)
        raise
    token = secrets.token_bytes(_TOKEN_SIZE)
    session.scopes[token] = scope
    return token


def open_values(session: Session, request: Open) -> list[bytes]:
    scope = session.scopes.get(request.scope)
    try:
        if scope is None:
            raise VaultError("scope-closed", "The disclosure scope was left.")
        return session.unseal_all(scope.places(request.values))
    except VaultError as error:
        refuse(session, error, _attempt(scope, request.values))
        raise


def open_once(session: Session, request: OpenOnce) -> list[bytes]:
    opening = request.opening
    try:
        return session.unseal_all(_admit(session, opening).places(request.values))
    except VaultError as error:
        refuse(session, error, opening)
        raise


def end(session: Session, request: End) -> None:
    session.scopes.pop(request.scope, None)


def distrust(session: Session, request: Distrust) -> None:
    scope = session.scopes.get(request.scope)
    if scope is None:
        raise VaultError("scope-closed", "The disclosure scope was left.")
    session.record(entry(LeafType.REFUSAL, _short(scope.opening), code=_said(request.code, 24)))


def entry(type: LeafType, opening: Opening, **more: str) -> Entry:
    """Return the leaf of an opening or a refusal."""
    said = {"fields": sorted(set(opening.fields)), "subjects": sorted(set(map(str, opening.subjects))), **more}
    if opening.message:
        said["message"] = str(opening.message)
    if opening.reason:
        said["reason"] = opening.reason
    return Entry(opening.tenant, type, opening.actor, opening.purpose, opening.grant, more=said)


def _admit(session: Session, opening: Opening) -> Scope:
    rule = rule_of(opening)
    if rule.inside:
        raise VaultError("refused", f"{opening.purpose} releases nothing.")
    scope = scope_of(opening)
    if not rule.granted:
        session.record(entry(LeafType.OPENING, opening))
        return scope
    grant = grants.find(opening.grant)
    grants.check_signed(grant, settings.APPROVERS_FILE, session.keyring.public_key)
    grants.check_covers(grant, opening)
    leaf, uses = entry(LeafType.OPENING, opening, case=grant.case), grants.Uses(grant, session.keyring.pen)
    uses.read()
    session.record(leaf, check=lambda: grants.check_unused(grant, uses.read()))
    return scope


def _attempt(scope: Scope | None, values: list[Value]) -> Opening:
    """Return what was tried, as an opening: of a scope that is not there only the values are known."""
    fields, subjects = sorted({value.label for value in values}), sorted({value.pk for value in values})
    if scope is None:
        return Opening("", "system:unknown", values[0].tenant if values else INSTALLATION, fields, subjects)
    tried = scope.opening
    return Opening(tried.purpose, tried.actor, tried.tenant, fields, subjects, tried.grant, tried.message, tried.reason)


def refuse(session: Session, error: VaultError, opening: Opening) -> None:
    """Record a refusal. What was merely away was not refused, and comes again."""
    if error.permanent:
        session.record(entry(LeafType.REFUSAL, _short(opening), code=error.code))


def _short(opening: Opening) -> Opening:
    """Return the opening within the bounds of a leaf, whatever was asked."""
    fields, subjects = [_said(name, 80) for name in opening.fields[:20]], opening.subjects[:100]
    purpose, actor, reason = _said(opening.purpose, 24), _said(opening.actor, 80), _said(opening.reason, 24)
    return Opening(purpose, actor, opening.tenant, fields, subjects, opening.grant, opening.message, reason)


def _said(text: str, most: int) -> str:
    """Return text that every database takes (PostgreSQL no NUL) and that stays on its line."""
    return "".join(each if each.isprintable() else "?" for each in text[:most])

"""Data access: who opened the organization's sealed data and why, from the ledger, and the proof of it to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from ledger.models import Leaf, LeafBody, LeafType
from ledger.queries import headers
from trust import body
from trust.proof import bundle_for
from trust.rows import moment
from vault.purposes import Purpose

_TYPES = [
    kind.value
    for kind in (
        LeafType.OPENING,
        LeafType.REFUSAL,
        LeafType.GRANT_STARTED,
        LeafType.GRANT_CLOSED,
        LeafType.ROTATION,
        LeafType.DESTRUCTION,
    )
]


class Access(serializers.Serializer[Any]):
    example = {
        "entry": 41,
        "position": 1290,
        "at": "2026-07-01T09:00:00Z",
        "type": "opening",
        "purpose": "team-administration",
        "actor": "user:0197a1b2-0000-7000-8000-000000000004",
        "fields": ["accounts.Directory.entries"],
        "subjects": ["0197a1b2-0000-7000-8000-00000000000b"],
        "case": "",
        "grant": None,
        "code": "",
        "hash": "5c" * 32,
    }
    entry = serializers.IntegerField(help_text="Its number among the organization's entries.")
    position = serializers.IntegerField(help_text="Its place in the log.")
    at = serializers.DateTimeField()
    type = serializers.CharField()
    purpose = serializers.CharField()
    actor = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # shadows DRF's own name
    subjects = serializers.ListField(child=serializers.CharField(), help_text="The ids of the records.")
    case = serializers.CharField(help_text="The case of a grant.")
    grant = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(help_text="Why it was refused.")
    hash = serializers.CharField()


class AccessQuery(PageQuery):
    type = serializers.ChoiceField(_TYPES, required=False)
    purpose = serializers.ChoiceField([purpose.value for purpose in Purpose], required=False)


class ProofBundle(serializers.Serializer[Any]):
    """What `verify_ledger.py` reads; docs/ledger.md describes its members."""


@dataclass(frozen=True, slots=True)
class _Shown:
    entry: int
    position: int
    at: datetime
    type: str
    purpose: str
    actor: str
    fields: tuple[str, ...]
    subjects: tuple[str, ...]
    case: str
    grant: UUID | None
    code: str
    hash: str


class DataAccess(Resource):
    tag = "Data access"
    operations = {
        "GET": Operation(
            "dataAccess.list",
            "List openings of sealed data",
            Permission.DATA_ACCESS,
            answer=Access,
            query=AccessQuery,
            paged=True,
            description="Openings, refusals, grants and changes of keys, as the ledger has them.",
        )
    }

    def get(self, request: Request) -> Response:
        wanted = {name: self.query[name] for name in ("type", "purpose") if name in self.query}
        entries = LeafBody.objects.filter(tenant=self.caller.organization.vault_tenant, type__in=_TYPES)
        return self.page(entries.filter(**wanted), by="position", show=_read)


class Proof(Resource):
    tag = "Data access"
    operations = {
        "GET": Operation(
            "dataAccess.proof",
            "Take away the proof bundle",
            Permission.DATA_ACCESS,
            answer=ProofBundle,
            description="All entries with their place in the signed log; `verify_ledger.py` checks it offline.",
        )
    }

    def get(self, request: Request) -> StreamingHttpResponse:
        pieces = bundle_for(self.caller.organization.vault_tenant)
        return StreamingHttpResponse(pieces, content_type="application/json")


def _read(bodies: Sequence[LeafBody]) -> list[_Shown]:
    leaves = headers(bodies)
    return [_entry(each, leaves[each.position]) for each in bodies]


def _entry(leaf_body: LeafBody, leaf: Leaf) -> _Shown:
    said = body.read(leaf_body.text)
    return _Shown(
        entry=leaf.sequence,
        position=leaf_body.position,
        at=moment(leaf.at),
        type=leaf_body.type,
        purpose=leaf_body.purpose,
        actor=leaf_body.actor,
        fields=said.fields,
        subjects=said.subjects,
        case=said.case,
        grant=leaf_body.grant,
        code=said.code,
        hash=bytes(leaf.hash).hex(),
    )

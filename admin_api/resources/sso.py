"""Single sign-on: the provider, to be seen, and the domains, to be claimed, proved and given up.

Who sets the provider says who everybody of these domains is. That is for a person who just showed who they are, so no
key sets it up, requires it or takes it away.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.domains import (
    MAX_DOMAINS,
    AlreadyThere,
    Proof,
    TooMany,
    add_domain,
    look_for_proof,
    note_proof,
    remove_domain,
)
from accounts.models import IdentityProvider, VerifiedDomain
from accounts.policy import Permission
from accounts.sso import dns
from admin_api.frame.fields import DomainField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource

_TAG = "Single sign-on"


class SsoProvider(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000e",
        "issuer": "https://login.example.com",
        "client_id": "llama-console",
        "makes_accounts": True,
        "newcomers": "viewer",
        "is_required": False,
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField()
    issuer = serializers.CharField()
    client_id = serializers.CharField()
    makes_accounts = serializers.BooleanField(help_text="For who has none, at their first sign-in.")
    newcomers = serializers.CharField(help_text="The role that they start with.")
    is_required = serializers.BooleanField(source="is_enforced")
    created_at = serializers.DateTimeField()


class Domain(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000f",
        "domain": "example.com",
        "record_name": "_llama-console.example.com",
        "record_value": "llama-console-verification=…",
        "created_at": "2026-07-01T09:00:00Z",
        "verified_at": None,
        "checked_at": None,
        "missing_since": None,
    }
    id = serializers.UUIDField()
    domain = serializers.CharField()
    record_name = serializers.SerializerMethodField(help_text="The name of the TXT record that proves it.")
    record_value = serializers.SerializerMethodField(help_text="What that record says.")
    created_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(allow_null=True, help_text="Since when it counts.")
    checked_at = serializers.DateTimeField(allow_null=True)
    missing_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when the record is gone; after a week the domain counts no more."
    )

    def get_record_name(self, claim: VerifiedDomain) -> str:
        return dns.name_of(claim.domain)

    def get_record_value(self, claim: VerifiedDomain) -> str:
        return dns.value_of(claim.token)


class CheckedDomain(Domain):
    example = {**Domain.example, "found": "missing", "checked_at": "2026-07-01T09:05:00Z"}
    found = serializers.ChoiceField(
        [proof.value for proof in Proof],
        allow_null=True,
        help_text=(
            "`found`, `missing`, `unknown` (DNS did not answer), or `taken` by another organization. "
            "Null if the request came again."
        ),
    )


class NewDomain(Strict):
    example = {"domain": "example.com"}
    domain = DomainField()


class TheProvider(Resource):
    tag = _TAG
    operations = {
        "GET": Operation(
            "sso.getProvider",
            "Get the identity provider",
            Permission.MANAGE_SSO,
            answer=SsoProvider,
            description="Its client secret is shown to nobody. People set it up, on the console's pages.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.shown(get_object_or_404(IdentityProvider, organization=self.caller.organization))


class Domains(Making):
    tag = _TAG
    operations = {
        "GET": Operation(
            "sso.listDomains",
            "List domains",
            Permission.MANAGE_SSO,
            answer=Domain,
            query=PageQuery,
            paged=True,
        ),
        "POST": Operation(
            "sso.addDomain",
            "Claim a domain",
            Permission.MANAGE_SSO,
            answer=Domain,
            status=201,
            body=NewDomain,
            description="Nothing follows from a claim before its record is found.",
            conflicts="The domain is there or is none, or there are too many",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(_domains(self))

    def prepare(self, **kwargs: Any) -> Callable[[], VerifiedDomain]:
        domain, caller = dns.normalise(self.body()["domain"]), self.caller
        if domain is None:
            raise Conflict("This is no domain that addresses can end with.")

        def act() -> VerifiedDomain:
            try:
                return add_domain(caller.actor, caller.organization, domain)
            except AlreadyThere:
                raise Conflict("This domain is in the list already.") from None
            except TooMany:
                raise Conflict(f"An organization can have {MAX_DOMAINS} domains. Remove one first.") from None

        return act

    def again(self, pk: UUID, **kwargs: Any) -> VerifiedDomain:
        return _domain(self, pk)


class OneDomain(Resource):
    tag = _TAG
    operations = {
        "GET": Operation("sso.getDomain", "Get a domain", Permission.MANAGE_SSO, answer=Domain),
        "DELETE": Operation(
            "sso.removeDomain",
            "Give a domain up",
            Permission.MANAGE_SSO,
            status=204,
            description="Without any domain that counts, single sign-on is required no more.",
        ),
    }

    def get(self, request: Request, domain_id: UUID) -> Response:
        return self.shown(_domain(self, domain_id))

    def delete(self, request: Request, domain_id: UUID) -> Response:
        remove_domain(self.caller.actor, _domain(self, domain_id))
        return Response(status=204)


class DomainCheck(Making):
    tag = _TAG
    operations = {
        "POST": Operation(
            "sso.checkDomain",
            "Look for the record of a domain",
            Permission.MANAGE_SSO,
            answer=CheckedDomain,
            description="Records that count are looked for each day as well.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], VerifiedDomain]:
        claim = _domain(self, kwargs["domain_id"])
        proof = look_for_proof(claim)  # here, and not while the transaction of an Idempotency-Key is open
        return lambda: _found(self, claim.pk, note_proof(self.caller.actor, claim, proof))

    def again(self, pk: UUID, **kwargs: Any) -> VerifiedDomain:
        return _found(self, pk, None)


def _found(resource: Resource, pk: UUID, proof: Proof | None) -> VerifiedDomain:
    """Return a domain with what a look at its record came to, for this one answer."""
    claim = _domain(resource, pk)
    claim.found = proof  # type: ignore[attr-defined]
    return claim


def _domain(resource: Resource, pk: UUID) -> VerifiedDomain:
    return get_object_or_404(_domains(resource), pk=pk)


def _domains(resource: Resource) -> QuerySet[VerifiedDomain]:
    return resource.caller.organization.domains.all()

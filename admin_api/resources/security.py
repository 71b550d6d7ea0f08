"""The security rules of the organization: who may come in, from where, and how lately they showed who they are."""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import ShutOut, Wanted, change_security
from accounts.models import SecuritySettings as Model
from accounts.policy import Permission
from accounts.security_form import HOURS, MINUTES, MOST, read_domain, read_network
from accounts.security_rules import Rule
from accounts.sources import address_of
from admin_api.frame.fields import DomainField, OneOf, Strict, StrictBoolean, StrictText
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource

_SHUT_OUT = {
    Rule.SECOND_FACTOR: "Whoever made this key has no second factor and could not come in any more.",
    Rule.NETWORKS: "This request comes from none of these networks: the key could not call any more.",
}
_READ: dict[str, Callable[[str], str]] = {"domains": read_domain, "networks": read_network}


class SecurityRules(serializers.Serializer[Any]):
    example = {
        "second_factor": True,
        "domains": ["example.com"],
        "networks": ["198.51.100.0/24"],
        "session_hours": 24,
        "idle_minutes": None,
    }
    second_factor = serializers.BooleanField(help_text="Whether members need a passkey or an authenticator app.")
    domains = serializers.ListField(
        child=serializers.CharField(), help_text="Of the addresses that may join; empty for any."
    )
    networks = serializers.ListField(
        child=serializers.CharField(), help_text="Where people and keys come from; empty for anywhere."
    )
    session_hours = serializers.IntegerField(allow_null=True, help_text="How long a sign-in lasts at most.")
    idle_minutes = serializers.IntegerField(allow_null=True, help_text="How long somebody may rest at most.")


class SecurityChange(Strict):
    example = {"second_factor": True, "session_hours": 24}
    second_factor = StrictBoolean(required=False)
    domains = serializers.ListField(child=DomainField(), max_length=MOST, required=False)
    networks = serializers.ListField(
        child=StrictText(min_length=1, max_length=43, trim_whitespace=False),
        max_length=MOST,
        required=False,
        help_text="In CIDR notation.",
    )
    session_hours = OneOf(sorted(HOURS), allow_null=True, required=False)
    idle_minutes = OneOf(sorted(MINUTES), allow_null=True, required=False)


class Security(Resource):
    tag = "Security"
    operations = {
        "GET": Operation("security.get", "Get the security rules", Permission.MANAGE_SECURITY, answer=SecurityRules),
        "PATCH": Operation(
            "security.change",
            "Change security rules",
            Permission.MANAGE_SECURITY,
            answer=SecurityRules,
            body=SecurityChange,
            description=(
                "What is left out stays. They hold from everybody’s next request on; that of networks for keys, too."
            ),
            conflicts="The rule would shut out the key or whoever made it, or there is no such domain or network",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown(self._rules())

    def patch(self, request: Request) -> Response:
        caller = self.caller
        try:
            change_security(
                caller.actor,
                organization=caller.organization,
                wanted=_wanted(self.body()),
                user=caller.key.created_by,
                address=address_of(request._request),
            )
        except ShutOut as error:
            raise Conflict(_SHUT_OUT[error.rule]) from None
        return self.shown(self._rules())

    def _rules(self) -> Model:
        organization = self.caller.organization
        return Model.objects.filter(organization=organization).first() or Model(organization=organization)


def _wanted(data: dict[str, Any]) -> Wanted:
    """Return what a body asks for, with domains and networks as they are kept."""
    wanted = dict(data)
    try:
        for name, read in _READ.items():
            if name in wanted:
                wanted[name] = sorted({read(each) for each in wanted[name]})
    except ValidationError as error:
        raise Conflict(error.messages[0]) from None
    return cast(Wanted, wanted)

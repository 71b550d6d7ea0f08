"""Who calls: an admin key in the Authorization header, and nothing else. No session, so no request can be forged."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.security_rules import require_network
from keys.admin.caller import AdminCaller, find_admin


class AdminKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AdminCaller, None]:
        """Return the caller; one and the same refusal for whatever is no usable admin key.

        `security_rules.Refused`, a 403, where the organization does not open from there.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        caller = find_admin(secret.strip()) if scheme.casefold() == "bearer" else None
        if caller is None:
            raise NotAuthenticated
        require_network(request._request, caller.organization)
        return caller, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Llama console"'

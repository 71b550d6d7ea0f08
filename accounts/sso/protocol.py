"""The question to a provider, which the browser carries there, and the answer, which the console fetches itself."""

from uuid import UUID

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.urls import reverse
from requests import RequestException

from accounts.models import IdentityProvider
from accounts.sso import fetching, id_token, metadata
from accounts.sso.failure import SsoError
from accounts.sso.flow import Flow
from accounts.sso.id_token import Identity
from accounts.sso.metadata import Metadata
from ledger.actor import Actor
from vault.disclosure import open_once
from vault.purposes import Purpose

SIGN_IN = Actor.system("sign-in")
_SCOPE = "openid email profile"
_MAX_AGE = 12 * 3600  # seconds that a sign-in at the provider counts
_FRESH = 300  # where a person is to show anew who they are
_LONGEST = 64 * 1024


def redirect_uri(organization_id: UUID) -> str:
    """Return where the answers of an organization's provider come back to: each has its own, so none is mixed up."""
    return settings.CONSOLE_ORIGIN + reverse("accounts:sso_callback", args=[organization_id])


def question(provider: IdentityProvider, flow: Flow) -> str:
    """Return the address that the browser goes to."""
    found = metadata.of(provider.issuer)
    more = {"prompt": "login", "max_age": 0} if flow.is_fresh else {"max_age": _MAX_AGE}
    url, _ = _client(provider).create_authorization_url(
        found.authorization_endpoint, state=flow.state, code_verifier=flow.verifier, nonce=flow.nonce, **more
    )
    return str(url)


def answer(provider: IdentityProvider, flow: Flow, *, code: str, issuer: str) -> Identity:
    """Return who signed in, for the code that the browser brought; `issuer` is what it says whose code it is."""
    found = metadata.of(provider.issuer)
    if issuer != found.issuer and (issuer or found.authorization_response_iss_parameter_supported):
        raise SsoError("token")  # RFC 9207: another provider's code
    tokens = _redeem(provider, found, flow, code)
    text, access = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(text, str) or not isinstance(access, str) or len(text) > _LONGEST:
        raise SsoError("token")
    return id_token.read(
        text,
        found,
        client_id=provider.client_id,
        nonce=flow.nonce,
        max_age=_FRESH if flow.is_fresh else _MAX_AGE,
        access_token=access,
    )


def _redeem(provider: IdentityProvider, found: Metadata, flow: Flow, code: str) -> dict[str, object]:
    client = _client(provider, secret=_secret(provider), method=_method(found))
    try:
        tokens = client.fetch_token(found.token_endpoint, code=code, code_verifier=flow.verifier)
    except (OAuthError, RequestException, ValueError, TypeError, AttributeError, RecursionError):
        tokens = None
    finally:
        client.close()
    if not isinstance(tokens, dict):
        raise SsoError("refused")  # outside of the handler: the provider's text stays out of tracebacks
    return tokens


def _client(provider: IdentityProvider, secret: str = "", method: str = "none") -> OAuth2Session:
    return fetching.session(
        client_id=provider.client_id,
        client_secret=secret,
        token_endpoint_auth_method=method,
        redirect_uri=redirect_uri(provider.organization_id),
        scope=_SCOPE,
    )


def _method(found: Metadata) -> str:
    basic, post = "client_secret_basic", "client_secret_post"
    offered = found.token_endpoint_auth_methods_supported
    return post if post in offered and basic not in offered else basic  # which it is where nothing is said


def _secret(provider: IdentityProvider) -> str:
    secret: str = open_once(Purpose.SINGLE_SIGN_ON, provider.client_secret, actor=SIGN_IN)
    return secret

"""What makes an ID token count: OpenID Connect Core 1.0, section 3.1.3.7, with asymmetric signatures alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from joserfc import jws, jwt
from joserfc.errors import JoseError

from accounts.sso import metadata
from accounts.sso.failure import SsoError
from accounts.sso.metadata import Metadata
from vault.blind_index import normalise_email

ALGORITHMS = ["RS256", "ES256", "EdDSA"]
_LEEWAY = 60  # seconds between two clocks
_OLDEST = 600  # seconds since a token was made; it comes straight from the provider
_GOOGLE = "https://accounts.google.com"


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who signed in, in the clear; `at` is when they showed it at the provider, if it says so."""

    subject: str
    email: str
    name: str
    at: datetime | None

    @property
    def domain(self) -> str:
        return normalise_email(self.email).rpartition("@")[2]


def read(text: str, found: Metadata, *, client_id: str, nonce: str, max_age: int, access_token: str) -> Identity:
    """Return who an ID token speaks of; SsoError unless the provider made it, for us, for this sign-in, just now."""
    try:
        claims = _validated(text, found, client_id, nonce, access_token)
        _check_times(claims, max_age)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    else:
        return _identity(claims)
    raise SsoError("token")  # outside of the handler: some errors quote claims


def _validated(text: str, found: Metadata, client_id: str, nonce: str, access_token: str) -> CodeIDToken:
    header = jws.extract_compact(text.encode()).headers()
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise SsoError("token")
    key = metadata.key_for(found, header.get("kid"))
    token = jwt.decode(text, key, algorithms=ALGORITHMS)
    options = {
        "iss": {"essential": True, "value": found.issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, params)
    claims.validate(leeway=_LEEWAY)
    return claims


def _check_times(claims: CodeIDToken, max_age: int) -> None:
    now = datetime.now(UTC).timestamp()
    if not now - _OLDEST - _LEEWAY <= int(claims["iat"]) <= now + _LEEWAY:
        raise SsoError("token")
    shown = claims.get("auth_time")
    if shown is not None and not now - max_age - _LEEWAY <= int(shown) <= now + _LEEWAY:
        raise SsoError("stale")


def _identity(claims: dict[str, Any]) -> Identity:
    subject, email, name = claims["sub"], claims.get("email"), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise SsoError("token")
    if not isinstance(email, str) or len(email) > 254 or not _is_address(email):
        raise SsoError("no-email")
    if claims.get("email_verified", True) is not True:
        raise SsoError("unproven-email")
    shown = claims.get("auth_time")
    at = None if shown is None else datetime.fromtimestamp(int(shown), UTC)
    found = Identity(subject, email, _plain(name), at)
    if claims["iss"] == _GOOGLE and claims.get("hd") != found.domain:
        raise SsoError("foreign-domain")  # anybody opens an account there with any address; `hd` is who manages it
    return found


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _plain(name: Any) -> str:
    text = " ".join(name.split()) if isinstance(name, str) else ""
    return "".join(each for each in text if each.isprintable())[:120]

"""A provider, or somebody between it and a browser, that lies: nobody is signed in, and nothing of theirs is shown."""

import base64
import time
from typing import Any

import pytest
from django.test import Client
from joserfc import jwk

from accounts.models import IdentityProvider, User
from accounts.sso import fetching, flow, id_token, metadata
from accounts.sso.failure import SsoError
from tests.support.factors import is_signed_in
from tests.support.identity import (
    CALLBACK,
    CLIENT_ID,
    CLIENT_SECRET,
    Provider,
    asked,
    callback_of,
    come_back,
    question,
    refusal,
    sign_in,
)

pytestmark = pytest.mark.django_db
OWN = "olivia@example.com"


def now() -> int:
    return int(time.time())


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "token"),
        ({"nonce": None}, "token"),
        ({"iss": "https://elsewhere.example"}, "token"),
        ({"iss": None}, "token"),
        ({"aud": "another client"}, "token"),
        ({"aud": None}, "token"),
        ({"aud": [CLIENT_ID, "another"]}, "token"),  # and no azp that says for whom
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "token"),
        ({"azp": "another"}, "token"),
        ({"exp": now() - 3600}, "token"),
        ({"exp": None}, "token"),
        ({"iat": now() - 3600}, "token"),
        ({"iat": now() + 3600}, "token"),
        ({"iat": None}, "token"),
        ({"nbf": now() + 3600}, "token"),
        ({"auth_time": now() - 24 * 3600}, "stale"),
        ({"auth_time": "yesterday"}, "token"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "token"),
        ({"sub": None}, "token"),
        ({"sub": ""}, "token"),
        ({"sub": "x" * 256}, "token"),
        ({"sub": 7}, "token"),
        ({"email": None}, "no-email"),
        ({"email": "no address"}, "no-email"),
        ({"email": ["olivia@example.com"]}, "no-email"),
        ({"email": "olivia@example.com\n"}, "no-email"),
        ({"email_verified": False}, "unproven-email"),
        ({"email_verified": "false"}, "unproven-email"),
        ({"email_verified": "true"}, "unproven-email"),
        ({"email": "olivia@elsewhere.example"}, "foreign-domain"),
    ],
)
def test_a_claim_that_is_not_as_it_must_be_lets_nobody_in(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User, claims: dict[str, Any], code: str
) -> None:
    provider.claims = claims
    assert refusal(sign_in(client, provider)) == code
    assert not is_signed_in(client)
    provider.claims = {}
    assert sign_in(client, provider).status_code == 302


def test_a_token_nobody_signed_is_worth_nothing(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    provider.header = {"alg": "none"}
    for named in ({}, {"kid": None}, {"kid": "unknown"}):
        provider.header |= named
        assert refusal(sign_in(client, provider)) == "token"
    assert not is_signed_in(client)


@pytest.mark.parametrize("secret", [CLIENT_ID, CLIENT_SECRET, "the public key"])
def test_a_symmetric_signature_is_worth_nothing_whatever_its_key(
    client: Client, connected: IdentityProvider, provider: Provider, secret: str
) -> None:
    public = provider.keys[0].as_pem(private=False)
    provider.shared = public if secret == "the public key" else secret.encode()
    assert refusal(sign_in(client, provider)) == "token"


def test_a_symmetric_key_that_the_provider_publishes_is_worth_nothing(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    provider.keys.append(jwk.generate_key("oct", 256, {"kid": "shared"}))
    provider.header, provider.shared = (
        {"kid": "shared"},
        base64.urlsafe_b64decode(provider.keys[-1].as_dict()["k"] + "=="),
    )
    assert refusal(sign_in(client, provider)) == "token"


def test_another_key_under_a_known_id_is_worth_nothing(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    sign_in(client, provider)
    provider.signer = jwk.generate_key("RSA", 2048, {"kid": "first"})
    assert refusal(sign_in(Client(), provider)) == "token"


def test_a_token_brings_no_key_of_its_own(client: Client, connected: IdentityProvider, provider: Provider) -> None:
    own = jwk.generate_key("RSA", 2048, {"kid": "own"})
    provider.signer = own
    for header in ({"jwk": own.as_dict(private=False)}, {"jku": provider.issuer + "/evil"}, {"kid": "first"}):
        provider.header = header
        assert refusal(sign_in(client, provider)) == "token"
    assert "/evil" not in provider.asked


@pytest.mark.parametrize(("kind", "size", "alg"), [("EC", "P-256", "ES256"), ("OKP", "Ed25519", "EdDSA")])
def test_other_asymmetric_signatures_count(
    client: Client, connected: IdentityProvider, provider: Provider, kind: Any, size: Any, alg: str
) -> None:
    provider.keys = [jwk.generate_key(kind, size, {"kid": "other"})]
    provider.header = {"alg": alg}
    assert sign_in(client, provider).status_code == 302


def test_an_algorithm_that_is_not_on_the_list_does_not_count(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    provider.header = {"alg": "RS512"}
    assert refusal(sign_in(client, provider)) == "token"


def test_new_keys_of_the_provider_count_at_once_and_made_up_ones_cost_one_look_a_minute(
    client: Client, connected: IdentityProvider, provider: Provider, monkeypatch: Any
) -> None:
    sign_in(client, provider)
    provider.keys = [jwk.generate_key("RSA", 2048, {"kid": "second"})]
    monkeypatch.setattr(metadata, "_AGAIN", 0.0)  # a minute later
    assert sign_in(Client(), provider).status_code == 302
    monkeypatch.setattr(metadata, "_AGAIN", 60.0)
    before = provider.asked.count("/jwks")
    for each in range(3):
        provider.signer = jwk.generate_key("RSA", 2048, {"kid": f"made up {each}"})
        assert refusal(sign_in(Client(), provider)) == "token"
    assert provider.asked.count("/jwks") == before


def test_an_answer_counts_once(client: Client, connected: IdentityProvider, provider: Provider) -> None:
    url = question(client)
    assert come_back(client, provider, url, OWN).status_code == 302
    assert refusal(come_back(client, provider, url, OWN)) == "expired"


def test_an_answer_counts_in_the_browser_that_asked_alone(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    """Else somebody's link would sign others in as them, or an intercepted answer its finder."""
    url, other = question(client), Client()
    question(other)
    assert refusal(come_back(other, provider, url, OWN)) == "expired"
    assert refusal(come_back(Client(), provider, url, OWN)) == "expired"
    assert come_back(client, provider, url, OWN).status_code == 302


def test_a_code_of_another_flow_does_not_fit(client: Client, connected: IdentityProvider, provider: Provider) -> None:
    theirs = provider.authorize(question(Client()), email=OWN, sub="1")
    url = question(client)
    answer = client.get(callback_of(url), {"code": theirs, "state": asked(url)["state"]})
    assert refusal(answer) == "refused"  # PKCE: the verifier is another


def test_a_provider_cannot_begin(client: Client, connected: IdentityProvider, provider: Provider) -> None:
    callback = f"{CALLBACK}{connected.organization_id}/"
    assert refusal(client.get(callback, {"code": "x", "state": "made up"})) == "expired"
    assert refusal(client.get(callback, {"code": "x"})) == "expired"
    assert "/token" not in provider.asked


def test_an_answer_comes_too_late(
    client: Client, connected: IdentityProvider, provider: Provider, monkeypatch: Any
) -> None:
    url = question(client)
    monkeypatch.setattr(flow, "LASTS", flow.LASTS * 0)
    assert refusal(come_back(client, provider, url, OWN)) == "expired"


def test_the_answer_of_another_issuer_is_refused_before_its_code_is_used(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    url = question(client)
    code = provider.authorize(url, email=OWN, sub="1")
    mixed = {"code": code, "state": asked(url)["state"], "iss": "https://evil.example"}
    assert refusal(client.get(callback_of(url), mixed)) == "token"
    assert "/token" not in provider.asked
    provider.document = {"authorization_response_iss_parameter_supported": True}
    metadata.forget()
    assert refusal(sign_in(client, provider)) == "token"  # it says that it names itself, and did not


def test_what_a_provider_says_of_an_error_is_shown_nowhere(
    client: Client, connected: IdentityProvider, provider: Provider, caplog: Any
) -> None:
    for error, code in (("access_denied", "cancelled"), ("server_error", "refused"), ("<script>", "refused")):
        url = question(client)
        said = {"error": error, "error_description": "<b>call 0900</b>", "state": asked(url)["state"]}
        answer = client.get(callback_of(url), said)
        assert refusal(answer) == code
        text = answer.content.decode()
        assert SsoError(code).sentence in text
        assert "0900" not in text
        assert "&lt;script" not in text
    assert "0900" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_client", "error_description": "call 0900"}),
        (500, b"<html>"),
        (200, b"[]"),
        (200, b"not json"),
        (200, {"access_token": "x"}),
        (200, {"id_token": "x"}),
        (200, {"access_token": "x", "id_token": "x.y"}),
        (200, {"access_token": "x", "id_token": "x" * 100_000}),
        (200, {"access_token": "x", "id_token": "bnVsbA.bnVsbA.bnVsbA"}),
        (200, {"access_token": "x", "id_token": "W10.W10.W10"}),
        (200, {"access_token": 7, "id_token": ["x"]}),
        (302, b""),
        (200, b"[" * 100_000),
    ],
)
def test_garbage_from_the_token_endpoint_ends_in_one_clear_page(
    client: Client, connected: IdentityProvider, provider: Provider, answer: Any, caplog: Any
) -> None:
    provider.token_answer = answer
    found = sign_in(client, provider)
    assert refusal(found) in {"token", "refused"}
    assert "0900" not in found.content.decode() + caplog.text


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "metadata"),
        (b"<html>", "metadata"),
        (b"[]", "metadata"),
        (b"[" * 200_000, "metadata"),
        (b"\xff\xfe", "metadata"),
        (b" " * 300_000, "metadata"),
        ({"issuer": "https://elsewhere.example"}, "metadata"),
        ({"issuer": None}, "metadata"),
        ({"token_endpoint": None}, "metadata"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "metadata"),
        ({"authorization_endpoint": "http://login.example/authorize"}, "metadata"),
        ({"authorization_endpoint": "https://a@b.example/"}, "metadata"),
        ({"authorization_endpoint": "https://b.example/\r\nSet-Cookie: a=b"}, "metadata"),
    ],
)
def test_a_document_that_describes_no_provider_is_refused(
    client: Client, connected: IdentityProvider, provider: Provider, document: Any, code: str
) -> None:
    metadata.forget()
    provider.raw, provider.document = (document, {}) if isinstance(document, bytes) else (None, document)
    assert refusal(client.post("/sign-in/sso/", {"email": OWN})) == code


def test_a_slow_provider_holds_nobody_up(
    client: Client, connected: IdentityProvider, provider: Provider, monkeypatch: Any
) -> None:
    metadata.forget()
    monkeypatch.setattr(fetching, "_TOTAL", 0.3)
    provider.slow = 3.0
    before = time.monotonic()
    assert refusal(client.post("/sign-in/sso/", {"email": OWN})) == "no-answer"
    assert time.monotonic() - before < 2.5


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/jwks", "https://169.254.169.254/latest", "http://[::1]:9/", "file:///etc/passwd"]
)
def test_a_document_leads_into_no_private_network(
    client: Client, connected: IdentityProvider, provider: Provider, address: str, settings: Any
) -> None:
    for name in ("jwks_uri", "token_endpoint"):
        metadata.forget()
        provider.document = {name: address}
        assert refusal(sign_in(client, provider)) in {"not-allowed", "no-answer", "refused"}


def test_this_machine_is_none_to_ask_in_production(
    client: Client, connected: IdentityProvider, provider: Provider, settings: Any
) -> None:
    settings.SSO_ALLOW_LOCALHOST = False
    assert refusal(client.post("/sign-in/sso/", {"email": OWN})) == "not-allowed"
    assert not provider.asked


def test_google_must_say_that_it_manages_the_domain(
    client: Client, connected: IdentityProvider, provider: Provider, monkeypatch: Any
) -> None:
    """Anybody opens an account there with any address; `hd` is what only a managed one has."""
    monkeypatch.setattr(id_token, "_GOOGLE", provider.issuer)
    assert refusal(sign_in(client, provider)) == "foreign-domain"
    provider.claims = {"hd": "elsewhere.example"}
    assert refusal(sign_in(client, provider)) == "foreign-domain"
    provider.claims = {"hd": "example.com"}
    assert sign_in(client, provider).status_code == 302


def test_a_provider_that_was_changed_meanwhile_answers_in_vain(
    client: Client, connected: IdentityProvider, provider: Provider
) -> None:
    url = question(client)
    connected.delete()
    assert refusal(come_back(client, provider, url, OWN)) == "off"

"""An OpenID Connect provider on this machine that can be made to lie in each way there is, over real HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.test import Client
from joserfc import jwk, jwt

CLIENT_ID, CLIENT_SECRET = "console", "a secret of the provider alone"
CALLBACK = "/sign-in/sso/callback/"
_ALGORITHMS = ["RS256", "ES256", "EdDSA", "RS512"]


class Provider(ThreadingHTTPServer):
    """What tests change: `claims` of the next tokens (None takes one out), `header`, `signer`, and `document`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys: list[Any] = [jwk.generate_key("RSA", 2048, {"kid": "first", "use": "sig"})]
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signer: Any = None
        self.shared: bytes | None = None  # signs by HS256, whatever a library thinks of such a key
        self.document: dict[str, Any] = {}
        self.raw: bytes | None = None  # in place of the whole document
        self.token_answer: tuple[int, Any] | None = None
        self.slow = 0.0
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def described(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/jwks",
        }
        return {name: value for name, value in (found | self.document).items() if value is not None}

    def authorize(self, question: str, **person: str) -> str:
        """Sign a person in, as its page does; return the code."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = dict(parse_qsl(urlsplit(question).query)) | person
        return code

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": asked["sub"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "email": asked["email"],
            "email_verified": True,
            "name": asked.get("name", "Nadia New"),
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signer or self.keys[-1]
        header = {"alg": "RS256", "kid": key.kid} | self.header
        if self.shared is not None or header["alg"] == "none":
            return _made_by_hand(header | ({"alg": "HS256"} if self.shared is not None else {}), claims, self.shared)
        return jwt.encode(header, claims, key, _ALGORITHMS)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/.well-known/openid-configuration":
            time.sleep(self.server.slow)
            raw = self.server.raw
            return self._write(200, raw if raw is not None else json.dumps(self.server.described()).encode())
        if self.path == "/jwks":
            keys = [key.as_dict(private=False) for key in self.server.keys]
            return self._write(200, json.dumps({"keys": keys}).encode())
        return self._write(404, b"{}")

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        form = {name: values[0] for name, values in parse_qs(self._body()).items()}
        if self.server.token_answer:
            status, answer = self.server.token_answer
            return self._write(status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        asked = self.server.codes.pop(form.get("code", ""), None)
        if not self._is_client() or asked is None or not _proves(form, asked):
            return self._write(400, b'{"error": "invalid_grant"}')
        tokens = {"access_token": "an access token", "token_type": "Bearer", "id_token": self.server.id_token(asked)}
        return self._write(200, json.dumps(tokens).encode())

    def _body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def _is_client(self) -> bool:
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _write(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def question(client: Client, email: str = "olivia@example.com", **more: str) -> str:
    """Ask to sign in with an address; return where the browser is sent."""
    answer = client.post("/sign-in/sso/", {"email": email} | more)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer["Refresh"].partition("url=")[2])


def asked(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def callback_of(url: str) -> str:
    """Return the path that an answer to this question comes back to."""
    return urlsplit(asked(url)["redirect_uri"]).path


def come_back(client: Client, provider: Provider, url: str, email: str, sub: str = "", **person: str) -> Any:
    """Sign in at the provider, and return the console's answer to the browser that comes back."""
    code = provider.authorize(url, email=email, sub=sub or email.partition("@")[0], **person)
    return client.get(callback_of(url), {"code": code, "state": asked(url)["state"]})


def sign_in(client: Client, provider: Provider, email: str = "olivia@example.com", sub: str = "", **person: str) -> Any:
    return come_back(client, provider, question(client, email), email, sub, **person)


def refusal(answer: Any) -> str:
    """Return the code of a refused sign-in."""
    assert answer.status_code == 400, answer.status_code
    return str(answer.context["code"])


def _made_by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes | None) -> str:
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_encoded(hmac.digest(key, signed.encode(), 'sha256')) if key is not None else ''}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _proves(form: dict[str, str], asked: dict[str, str]) -> bool:
    challenge = _encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
    return form.get("redirect_uri") == asked["redirect_uri"] and challenge == asked["code_challenge"]

"""TLS: the connection goes to the checked address, and the certificate must be valid for the name."""

import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from notifications.failure import DeliveryError
from notifications.webhooks import transport
from notifications.webhooks.guard import Target
from tests.notifications.webhooks.conftest import Receiver

NAME = "hooks.example.com"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """Trust an authority of our own, as an operator does by the system's variable."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    transport._tls.cache_clear()
    yield authority
    transport._tls.cache_clear()


def serve(authority: trustme.CA, name: str, names: list[str]) -> Receiver:
    """Serve https with a certificate for `name`; the names that clients ask for by SNI are appended to `names`."""
    server, context = Receiver(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _, asked, __: names.append(asked or "")  # type: ignore[assignment]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def target(server: Receiver) -> Target:
    """Return what the guard makes of a name that nobody else resolves: the address is the one it checked."""
    return Target(NAME, server.server_port, "/hook", is_tls=True, addresses=(ip_address("127.0.0.1"),))


def test_the_name_is_verified_and_the_address_is_the_checked_one(authority: trustme.CA) -> None:
    asked: list[str] = []
    server = serve(authority, NAME, asked)
    assert transport.post(target(server), {}, b"{}") == 204
    assert asked == [NAME]
    assert server.got[0][0]["host"] == f"{NAME}:{server.server_port}"


def test_a_certificate_for_another_name_is_refused_before_anything_is_sent(authority: trustme.CA) -> None:
    server = serve(authority, "other.example.com", [])
    with pytest.raises(DeliveryError, match="tls"):
        transport.post(target(server), {}, b"{}")
    assert server.got == []


def test_a_certificate_for_the_address_alone_is_refused(authority: trustme.CA) -> None:
    server = serve(authority, "127.0.0.1", [])
    with pytest.raises(DeliveryError, match="tls"):
        transport.post(target(server), {}, b"{}")


def test_an_authority_that_nobody_trusts_is_refused(authority: trustme.CA) -> None:
    server = serve(trustme.CA(), NAME, [])
    with pytest.raises(DeliveryError, match="tls"):
        transport.post(target(server), {}, b"{}")
    assert server.got == []

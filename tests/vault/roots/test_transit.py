"""HashiCorp Vault's transit engine: keys are derived, tokens are renewed, and nothing comes in between."""

import base64
from pathlib import Path

import pytest
import trustme

from tests.dev.conftest import free_port, program
from tests.vault.roots.providers import TOKEN, Transit
from tests.vault.roots.stub import answering, closed_port
from tests.vault.roots.test_contract import CONTENT, DATA, HERE, raises
from vault.errors import VaultError
from vault.roots.transit import token_file


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, {"errors": ["permission denied"]}, "root-refused"),
        (404, {"errors": []}, "missing-root"),
        (429, {"errors": ["request path quota exceeded"]}, "root-provider-away"),
        (500, {"errors": ["internal error"]}, "root-provider-away"),
        (503, {"errors": ["Vault is sealed"]}, "root-provider-away"),
        (200, "<html>Welcome to the hotel's network</html>", "root-provider-away"),
        (200, {"data": {}}, "root-provider-away"),
    ],
)
def test_refusals_of_vault_have_their_codes(transit: Transit, status: int, body: object, expected: str) -> None:
    with answering(status, body) as url:
        raises(expected, transit.at(url).check, permanent=expected != "root-provider-away")


def test_a_redirect_is_not_followed_with_token_and_data_key(transit: Transit) -> None:
    with answering(307, "", Location=f"{transit.url}/v1/transit/keys/x") as url:
        raises("root-provider-away", transit.at(url).check, permanent=False)


def test_an_underived_key_is_refused(transit: Transit) -> None:
    transit.keys[DATA] += "-underived"
    transit.engine.create_key(transit.keys[DATA], derived=False)
    raises("missing-root", transit.start().check)
    raises("missing-root", lambda: transit.start().wrap(DATA, bytes(32), HERE))


def test_a_version_that_may_not_decrypt_any_more_opens_nothing(transit: Transit) -> None:
    wrapped = transit.start().wrap(DATA, bytes(32), HERE)
    transit.rotate()
    transit.engine.update_key_configuration(transit.keys[DATA], min_decryption_version=2)
    raises("wrong-root", lambda: transit.start().unwrap(DATA, wrapped, HERE))


def test_another_spelling_of_the_same_bytes_is_refused(transit: Transit) -> None:
    wrapped = transit.start().wrap(DATA, b"k" * 32, HERE)
    assert wrapped.endswith(b"=") is False  # 60 bytes have one spelling, so a padded one is made below
    sealed = base64.b64encode(bytes(61))[:-3] + b"B=="
    for other in (wrapped.replace(b":v1:", b":v01:"), wrapped.replace(b":v1:", b":v0:"), b"vault:v1:" + sealed):
        raises("wrong-root", lambda other=other: transit.start().unwrap(DATA, other, HERE))


def test_a_renewed_token_file_is_read_again(transit: Transit, tmp_path: Path) -> None:
    file = tmp_path / "token"
    roots = transit.at(transit.url, token=token_file(file))
    raises("root-refused", roots.check)
    file.write_text("expired\n")
    raises("root-refused", roots.check)
    file.write_text(f"{TOKEN}\n")
    roots.check()


def test_a_proxy_of_the_environment_is_not_used(transit: Transit, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, closed_port())
    transit.start().check()


WORKS = {
    "data": {"derived": True, "latest_version": 1, "ciphertext": "vault:v1:AAAA", "plaintext": "a2V5"},
}


def test_every_request_goes_to_the_mount_of_the_engine_and_names_the_key_of_its_plane(transit: Transit) -> None:
    asked: list[str] = []
    with answering(200, WORKS, asked=asked) as url:
        roots = transit.at(url, mount="our/keys")
        roots.wrap(DATA, bytes(32), HERE)
        roots.unwrap(DATA, b"vault:v1:AAAA", HERE)
        roots.rewrap(DATA, b"vault:v1:AAAA", HERE)
    key = transit.keys[DATA]
    assert asked == [f"/v1/our/keys/{verb}/{key}" for verb in ("keys", "encrypt", "decrypt", "rewrap")]


def test_a_check_tries_each_plane_once_and_not_again_for_a_moment(transit: Transit) -> None:
    asked: list[str] = []
    with answering(200, WORKS, asked=asked) as url:
        roots = transit.at(url)
        roots.check()
        tried = [
            f"/v1/transit/{verb}/{key}" for key in transit.keys.values() for verb in ("keys", "encrypt", "decrypt")
        ]
        assert asked == tried
        roots.check()
        assert asked == tried
        watchful = transit.at(url, notice_after=0)
        for _ in range(2):
            watchful.check()
        assert len(asked) > 3 * len(tried)


def test_a_refusal_names_the_plane_whatever_was_asked_for(transit: Transit) -> None:
    wrapped = transit.start().wrap(CONTENT, bytes(32), HERE)
    for tokens, call in (
        (["expired"], lambda roots: roots.is_current(CONTENT, wrapped)),
        ([TOKEN, "expired"], lambda roots: roots.wrap(CONTENT, bytes(32), HERE)),
        (["expired"], lambda roots: roots.unwrap(CONTENT, wrapped, HERE)),
        (["expired"], lambda roots: roots.rewrap(CONTENT, wrapped, HERE)),
    ):
        roots = transit.at(transit.url, token=iter(tokens).__next__)
        with pytest.raises(VaultError, match=f"^root-refused: .* {CONTENT} root"):
            call(roots)


def test_only_a_server_whose_certificate_is_vouched_for_gets_the_token(transit: Transit, tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    for name, each in {"ours.pem": authority, "other.pem": other}.items():
        each.cert_pem.write_to_path(str(tmp_path / name))
    asked: list[str] = []
    with answering(200, WORKS, asked=asked, certificate=authority.issue_cert("127.0.0.1")) as url:
        for file in ("", str(tmp_path / "other.pem")):
            raises("root-provider-away", transit.at(url, ca_file=file).check, permanent=False)
        assert asked == []
        transit.at(url, ca_file=str(tmp_path / "ours.pem")).check()
    assert asked


def test_a_wrapped_key_is_what_vault_itself_opens_with_the_context(transit: Transit) -> None:
    wrapped = transit.start().wrap(DATA, b"k" * 32, HERE)
    opened = transit.engine.decrypt_data(transit.keys[DATA], wrapped.decode(), context=base64.b64encode(HERE).decode())
    assert base64.b64decode(opened["data"]["plaintext"]) == b"k" * 32


def test_a_new_version_is_noticed_after_a_moment(transit: Transit) -> None:
    running, watchful = transit.start(), transit.at(transit.url, notice_after=0)
    old = running.wrap(DATA, bytes(32), HERE)
    assert watchful.is_current(DATA, old)
    transit.rotate()
    assert (running.is_current(DATA, old), watchful.is_current(DATA, old)) == (True, False)
    assert running.is_current(DATA, running.rewrap(DATA, old, HERE))


def test_vault_may_go_away_while_we_run() -> None:
    port = free_port()
    with program("dev.transit", "--token", TOKEN, port=port):
        roots = Transit(f"http://127.0.0.1:{port}").start()
        wrapped = roots.wrap(DATA, bytes(32), HERE)
    raises("root-provider-away", lambda: roots.unwrap(DATA, wrapped, HERE), permanent=False)

"""The setting chooses the provider, and only that provider's variables are asked for."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from django.core.management import CommandError, call_command

from tests.vault.roots.providers import REGION, TOKEN, Aws, Local, Transit
from tests.vault.roots.stub import answering
from tests.vault.roots.test_contract import DATA, HERE
from tests.vault.roots.test_transit import WORKS
from vault.planes import Plane
from vault.roots import roots

AWS_KEYS = "customer-data=alias/a, customer-content=alias/b, index=alias/c"


@pytest.fixture(autouse=True)
def _chosen_anew() -> Iterator[None]:
    roots.cache_clear()
    yield
    roots.cache_clear()


def works() -> bool:
    roots().check()
    return roots().unwrap(DATA, roots().wrap(DATA, bytes(32), HERE), HERE) == bytes(32)


def test_a_file_is_the_default(settings: Any, local: Local) -> None:
    assert settings.ROOT_KEYS_PROVIDER == "local"
    settings.ROOT_KEYS_FILE = local.path
    assert works()
    assert roots() is roots()


def test_a_variable_stands_in_for_the_file(settings: Any, local: Local) -> None:
    settings.ROOT_KEYS = base64.b64encode(local.path.read_bytes()).decode()
    settings.ROOT_KEYS_FILE = Path("/nowhere")
    assert works()


def test_aws_is_chosen(settings: Any, aws: Aws) -> None:
    settings.ROOT_KEYS_PROVIDER = "aws"
    settings.AWS_KMS_KEYS, settings.AWS_KMS_REGION, settings.AWS_KMS_ENDPOINT = aws.keys, REGION, aws.url
    assert works()


def test_vault_is_chosen_with_a_token_or_a_file_of_it(settings: Any, transit: Transit, tmp_path: Path) -> None:
    settings.ROOT_KEYS_PROVIDER = "transit"
    settings.VAULT_TRANSIT_KEYS, settings.VAULT_TRANSIT_URL = transit.keys, transit.url
    settings.VAULT_TRANSIT_MOUNT, settings.VAULT_TRANSIT_CA_FILE = "transit", ""
    settings.VAULT_TRANSIT_TOKEN, settings.VAULT_TRANSIT_TOKEN_FILE = TOKEN, ""
    assert works()
    roots.cache_clear()
    (tmp_path / "token").write_text(TOKEN)
    settings.VAULT_TRANSIT_TOKEN, settings.VAULT_TRANSIT_TOKEN_FILE = "", str(tmp_path / "token")
    assert works()


def test_vault_is_asked_at_the_mount_and_under_the_authority_that_are_set(settings: Any, tmp_path: Path) -> None:
    authority, asked = trustme.CA(), list[str]()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with answering(200, WORKS, asked=asked, certificate=authority.issue_cert("127.0.0.1")) as url:
        settings.ROOT_KEYS_PROVIDER = "transit"
        settings.VAULT_TRANSIT_KEYS, settings.VAULT_TRANSIT_URL = {plane.value: plane.value for plane in Plane}, url
        settings.VAULT_TRANSIT_MOUNT, settings.VAULT_TRANSIT_CA_FILE = "our/keys", str(tmp_path / "ca.pem")
        settings.VAULT_TRANSIT_TOKEN, settings.VAULT_TRANSIT_TOKEN_FILE = TOKEN, ""
        roots().check()
    assert len(asked) == 3 * len(Plane)
    assert all(path.startswith("/v1/our/keys/") for path in asked)


def test_a_file_is_not_made_for_roots_that_live_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_KEYS_PROVIDER, settings.ROOT_KEYS_FILE = "aws", tmp_path / "roots.json"
    with pytest.raises(CommandError, match="not in a file"):
        call_command("vault_init")
    assert not settings.ROOT_KEYS_FILE.exists()


TRANSIT = {
    "ROOT_KEYS_PROVIDER": "transit",
    "VAULT_TRANSIT_URL": "https://vault.example.com",
    "VAULT_TRANSIT_KEYS": "customer-data=a,customer-content=b,index=c",
    "VAULT_TRANSIT_TOKEN": "t",
}
AWS = {"ROOT_KEYS_PROVIDER": "aws", "AWS_KMS_KEYS": AWS_KEYS, "AWS_KMS_REGION": REGION}


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        (TRANSIT, ""),
        (AWS, ""),
        ({**AWS, "AWS_KMS_ENDPOINT": "http://127.0.0.1:5000"}, ""),
        ({"ROOT_KEYS_PROVIDER": "aws"}, "AWS_KMS_KEYS must look like customer-data=…"),
        ({**AWS, "AWS_KMS_KEYS": "customer-data=a,customer-content=a,index=c"}, "a different value each"),
        ({**AWS, "AWS_KMS_REGION": ""}, "AWS_KMS_REGION is not set"),
        ({**TRANSIT, "VAULT_TRANSIT_URL": "http://vault.example.com"}, "it must be https"),
        ({**TRANSIT, "VAULT_TRANSIT_TOKEN_FILE": "/run/token"}, "Set VAULT_TRANSIT_TOKEN_FILE, or"),
        ({"ROOT_KEYS": "eyJ9", "ROOT_KEYS_FILE": "/roots.json"}, "ROOT_KEYS and ROOT_KEYS_FILE are both set"),
        ({"ROOT_KEYS_PROVIDER": "gcp"}, "must be one of local, aws, transit"),
    ],
)
def test_a_wrong_choice_is_named_at_start(variables: dict[str, str], problem: str) -> None:
    command = [sys.executable, "-c", "import llama_console.settings"]
    run = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    assert (run.returncode == 0, problem in run.stderr) == (not problem, True)

"""One set of roots a test, at each provider: a file, moto's KMS over HTTP, the simulator of Vault as a process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dev.conftest import free_port, program
from tests.support.moto import moto_server
from tests.vault.roots.providers import TOKEN, Aws, Local, Provider, Remote, Transit


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    with moto_server("kms") as url:
        yield url


@pytest.fixture(scope="session")
def vault_url() -> Iterator[str]:
    port = free_port()
    with program("dev.transit", "--token", TOKEN, port=port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path / "roots.json")


@pytest.fixture
def aws(moto_url: str) -> Aws:
    return Aws(moto_url)


@pytest.fixture
def transit(vault_url: str) -> Transit:
    return Transit(vault_url)


@pytest.fixture(params=["local", "aws", "transit"])
def provider(request: Any) -> Provider:
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["aws", "transit"])
def remote(request: Any) -> Remote:
    return request.getfixturevalue(request.param)

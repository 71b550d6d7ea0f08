"""The three providers as the contract sees them: with new roots each, to rotate, to lose, and to start anew."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import hvac
from boto3.session import Session

from vault.planes import Plane
from vault.roots.aws import AwsKms
from vault.roots.boundary import RootKeys
from vault.roots.local import LocalKeys
from vault.roots.root_file import add_roots, create_file
from vault.roots.sources import FileSource
from vault.roots.transit import VaultTransit

TOKEN = "a token for tests alone"
REGION = "eu-central-1"
QUICK = {"connect_timeout": 0.2, "read_timeout": 0.2}


class Provider(Protocol):
    def start(self) -> RootKeys:
        """Return the root keys as a process that starts now has them."""

    def rotate(self) -> None: ...

    def lose(self) -> None:
        """Make the roots go missing."""


class Remote(Provider, Protocol):
    def at(self, url: str, **options: Any) -> RootKeys:
        """Return the same root keys, with the provider at another address."""


@dataclass
class Local:
    path: Path

    def __post_init__(self) -> None:
        create_file(self.path)

    def start(self) -> RootKeys:
        return LocalKeys(FileSource(self.path))

    def rotate(self) -> None:
        add_roots(self.path)

    def lose(self) -> None:
        self.path.unlink()


class Aws:
    """Keys in moto's KMS, each behind an alias."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kms = Session().client("kms", region_name=REGION, endpoint_url=url)
        suffix = secrets.token_hex(4)
        self.keys = {plane.value: f"alias/{plane}-{suffix}" for plane in Plane}
        for alias in self.keys.values():
            self.kms.create_alias(AliasName=alias, TargetKeyId=self.new_key())

    def new_key(self) -> str:
        return str(self.kms.create_key()["KeyMetadata"]["KeyId"])

    def arn(self, plane: Plane) -> str:
        return str(self.kms.describe_key(KeyId=self.keys[plane])["KeyMetadata"]["Arn"])

    def start(self) -> AwsKms:
        return self.at(self.url)

    def at(self, url: str, **options: Any) -> AwsKms:
        return AwsKms(self.keys, region=REGION, endpoint=url, **options)

    def rotate(self) -> None:
        for alias in self.keys.values():
            self.kms.update_alias(AliasName=alias, TargetKeyId=self.new_key())

    def lose(self) -> None:
        for alias in self.keys.values():
            self.kms.delete_alias(AliasName=alias)


class Transit:
    """Keys in the development simulator of Vault."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = hvac.Client(url=url, token=TOKEN).secrets.transit
        self.keys = {plane.value: f"{plane}-{secrets.token_hex(4)}" for plane in Plane}
        for name in self.keys.values():
            self.engine.create_key(name, derived=True, key_type="aes256-gcm96")

    def start(self) -> VaultTransit:
        return self.at(self.url)

    def at(self, url: str, **options: Any) -> VaultTransit:
        return VaultTransit(self.keys, url=url, **{"token": lambda: TOKEN, **options})

    def rotate(self) -> None:
        for name in self.keys.values():
            self.engine.rotate_key(name)

    def lose(self) -> None:
        self.keys = {plane: f"{name}-lost" for plane, name in self.keys.items()}

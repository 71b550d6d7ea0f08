"""Root keys: one a plane, outside the databases. They wrap data keys and nothing else.

`boundary` says what a provider does; `local`, `aws` and `transit` do it, and a setting chooses. A missing, foreign or
too open root stops the program: nothing is ever sealed under a key that was made up on the way.
"""

from functools import cache
from pathlib import Path

from django.conf import settings

from vault.roots.aws import AwsKms
from vault.roots.boundary import RootKeys
from vault.roots.local import LocalKeys
from vault.roots.root_file import add_roots, create_file, remove_roots
from vault.roots.sources import FileSource, VariableSource
from vault.roots.transit import VaultTransit, token_file

__all__ = ["RootKeys", "add_roots", "create_file", "remove_roots", "roots"]


@cache
def roots() -> RootKeys:
    """Return the provider that the settings name, made once a process."""
    return _PROVIDERS[settings.ROOT_KEYS_PROVIDER]()


def _local() -> RootKeys:
    return LocalKeys(VariableSource(settings.ROOT_KEYS) if settings.ROOT_KEYS else FileSource(settings.ROOT_KEYS_FILE))


def _aws() -> RootKeys:
    return AwsKms(settings.AWS_KMS_KEYS, region=settings.AWS_KMS_REGION, endpoint=settings.AWS_KMS_ENDPOINT)


def _transit() -> RootKeys:
    file = settings.VAULT_TRANSIT_TOKEN_FILE
    return VaultTransit(
        settings.VAULT_TRANSIT_KEYS,
        url=settings.VAULT_TRANSIT_URL,
        token=token_file(Path(file)) if file else lambda: settings.VAULT_TRANSIT_TOKEN,
        mount=settings.VAULT_TRANSIT_MOUNT,
        ca_file=settings.VAULT_TRANSIT_CA_FILE,
    )


_PROVIDERS = {"local": _local, "aws": _aws, "transit": _transit}

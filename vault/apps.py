from django.apps import AppConfig
from django.conf import settings

from vault import suites


class VaultConfig(AppConfig):
    name = "vault"

    def ready(self) -> None:
        suites.choose(settings.SEALING_SUITE)

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register

from vault import suites


class VaultConfig(AppConfig):
    name = "vault"

    def ready(self) -> None:
        from vault.checks import check_rooms  # needs the models

        suites.choose(settings.SEALING_SUITE)
        register(check_rooms, Tags.models)

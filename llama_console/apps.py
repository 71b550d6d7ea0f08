from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "llama_console"

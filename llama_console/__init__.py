"""The shell of the house: settings, addresses, and the pages that show more than one room."""

from llama_console.celery import app as celery_app

__all__ = ["celery_app"]

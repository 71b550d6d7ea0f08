"""The console's WSGI entry, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")

application = get_wsgi_application()

#!/usr/bin/env python
"""Django's command line, in the project's own environment where there is one."""

import os
import sys
from pathlib import Path

VENV_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        # Operators script these commands: `python manage.py …` shall work without activating anything.
        if not VENV_PYTHON.exists():
            sys.exit("Django is not installed here. Run `make run` once, or activate the environment that has it.")
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

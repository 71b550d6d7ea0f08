"""Whether the time of an answer tells who has an account: known and unknown addresses in turns, by Welch's t.

The whole request in this process, with the real Argon2, databases on disk and caps that nobody reaches. The bar is that
of leakage tests (ISO/IEC 17825): |t| below 4.5. SIGN_IN_SAMPLES of each, 2,000 if it is not set; sign-ups and resets
wait for their beat, so they take as long as that.

SIGN_IN_OF=sign-in, reset or sign-up runs one of them. SIGN_IN_QUICK=1 puts a quick hash in Argon2's place: what is
left is all that can differ between two addresses, and a busy machine hides none of it.
"""

import gc
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from math import sqrt
from statistics import fmean, median, variance

from bench.bar import Bar
from bench.isolated import isolated

SAMPLES = int(os.environ.get("SIGN_IN_SAMPLES", "2000"))
KNOWN = 200  # accounts
WARM_UP = 20
PASSWORD = "nineteen lanterns over a quiet harbour"
_Ask = Callable[[int], None]


def bars() -> Iterator[Bar]:
    wanted = os.environ.get("SIGN_IN_OF", "")
    with isolated():
        _prepare()
        for name, asks in _all().items():
            if name.startswith(wanted):
                known, unknown, work = _interleaved(*asks)
                medians = f"{median(known):.2f} and {median(unknown):.2f} ms"
                yield Bar(f"{name}, known and unknown: {medians}", abs(_welch(known, unknown)), "|t|", 4.5)
                if name == "sign-in":  # which nothing waits for: what Python does beside the hash, free of others' load
                    medians = f"{median(work[0]):.2f} and {median(work[1]):.2f} ms"
                    yield Bar(f"{name}, work beside the hash: {medians}", abs(_welch(*work)), "|t|", 4.5)


def _prepare() -> None:
    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.utils import timezone

    from accounts import throttle
    from accounts.models import User

    call_command("migrate", database="content", verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if os.environ.get("SIGN_IN_QUICK"):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.WARNING)  # a line for each refusal
    throttle.CAPS = dict.fromkeys(throttle.CAPS, 10**9)
    hashed = make_password(PASSWORD)
    for number in range(KNOWN):
        User.objects.create_user(_known(number), None, email_verified_at=timezone.now())
    User.objects.update(password=hashed)


def _all() -> dict[str, tuple[_Ask, _Ask]]:
    from django.test import Client

    def post(page: str, address: Callable[[int], str], **more: str) -> _Ask:
        def ask(number: int) -> None:
            answer = Client().post(page, {"email": address(number)} | more)
            assert answer.status_code in {200, 302, 422}, answer.status_code

        return ask

    return {
        "sign-in": (
            post("/sign-in/", _known, password="a wrong password of some length"),
            post("/sign-in/", _unknown, password="a wrong password of some length"),
        ),
        "reset": (post("/reset/", _known), post("/reset/", _unknown)),
        "sign-up": (post("/sign-up/", _known, password=PASSWORD), post("/sign-up/", _unknown, password=PASSWORD)),
    }


def _known(number: int) -> str:
    return f"person.{number % KNOWN:06}@known.example"


def _unknown(number: int) -> str:
    return f"person.{number:06}@other.example"  # each new, as long as the known ones


def _interleaved(first: _Ask, second: _Ask) -> tuple[list[float], list[float], tuple[list[float], list[float]]]:
    """Return the times of both in ms, asked in pairs of random order: a busy moment hits both alike.

    Beside them what this thread alone worked in them; Argon2 has threads of its own.
    """
    times: tuple[list[float], list[float]] = ([], [])
    work: tuple[list[float], list[float]] = ([], [])
    order = random.Random(7)  # noqa: S311  not a secret
    for number in range(WARM_UP + SAMPLES):
        for which in order.sample((0, 1), 2):
            gc.collect(0)
            began, worked = time.perf_counter(), time.thread_time()
            (first, second)[which](number)
            if number >= WARM_UP:
                work[which].append((time.thread_time() - worked) * 1000)
                times[which].append((time.perf_counter() - began) * 1000)
    return *times, work


def _welch(first: list[float], second: list[float]) -> float:
    """Return Welch's t of both without the slowest hundredth of all, which are the machine's."""
    most = sorted(first + second)[int(len(first + second) * 0.99)]
    a, b = ([each for each in times if each <= most] for times in (first, second))
    return (fmean(a) - fmean(b)) / sqrt(variance(a) / len(a) + variance(b) / len(b))

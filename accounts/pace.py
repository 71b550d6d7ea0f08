"""Answers at an even pace, where what has to be done differs by whether an address has an account.

A new account takes rows, keys and commits that a known address does not, and no imitation costs the same on each disk.
So the answer waits for the next beat. A thread that waits takes no processor, and how often anybody asks is bounded.
"""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_View = Callable[..., HttpResponse]


def evenly(view: _View) -> _View:
    """Answer a POST at a multiple of ANSWER_PACE after it came."""

    @wraps(view)
    def paced(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began, beat = time.monotonic(), settings.ANSWER_PACE.total_seconds()
        answer = view(request, *args, **kwargs)
        if request.method == "POST" and beat:
            taken = time.monotonic() - began
            time.sleep(math.ceil(taken / beat) * beat - taken)
        return answer

    return paced

"""Idempotency keys: the first answer of a key is every later one's, for a day, refusals and 500s included."""

import hashlib
import json
from dataclasses import asdict, dataclass

from dev.stripe_simulator.errors import IDEMPOTENCY, Json, StripeError

KEPT = 24 * 3600  # seconds
LONGEST = 255


@dataclass(slots=True)
class Answer:
    fingerprint: str
    request_id: str
    at: float
    status: int = 0  # not answered yet
    body: str = ""


class Keys:
    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}

    def begin(self, key: str, fingerprint: str, request_id: str, now: float) -> Answer | None:
        """Return the answer to replay, or note that a request with this key is under way."""
        if len(key) > LONGEST:
            raise StripeError(f"Idempotency keys have at most {LONGEST} characters.", type=IDEMPOTENCY, stored=False)
        known = self._answers.get(key)
        if known is None or now - known.at >= KEPT:
            self._answers[key] = Answer(fingerprint, request_id, now)
            return None
        return _same(key, known, fingerprint)

    def finish(self, key: str, status: int, body: str) -> None:
        self._answers[key].status, self._answers[key].body = status, body

    def forget(self, key: str) -> None:
        self._answers.pop(key, None)

    def as_json(self) -> Json:
        return {key: asdict(answer) for key, answer in self._answers.items() if answer.status}

    def load(self, saved: Json) -> None:
        self._answers = {key: Answer(**answer) for key, answer in saved.items()}


def _same(key: str, known: Answer, fingerprint: str) -> Answer:
    if known.fingerprint != fingerprint:
        raise StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request.",
            type=IDEMPOTENCY,
            stored=False,
        )
    if not known.status:
        raise StripeError(
            "There is currently another in-progress request using this Idempotent Key (that probably means you "
            f"submitted twice, and the other request is still going through): {key}. Please try again later.",
            status=409,
            type=IDEMPOTENCY,
            code="idempotency_key_in_use",
            stored=False,
        )
    return known


def fingerprint(method: str, path: str, given: Json) -> str:
    return hashlib.sha256(json.dumps([method, path, given], sort_keys=True).encode()).hexdigest()

"""What a remote provider said is kept for its time, plane by plane; that it failed is not."""

import pytest

from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.boundary import provider_away
from vault.roots.remembered import Remembered

DATA, CONTENT = Plane.CUSTOMER_DATA, Plane.CUSTOMER_CONTENT


def test_an_answer_counts_for_its_plane_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now, answers = [1000.0], iter(["first", "other plane", "second"])
    monkeypatch.setattr("vault.roots.remembered.time.monotonic", lambda: now[0])
    remembered = Remembered(lambda plane: next(answers), 60)
    assert [remembered.get(plane) for plane in (DATA, CONTENT, DATA)] == ["first", "other plane", "first"]
    now[0] += 59.9
    assert remembered.get(DATA) == "first"
    now[0] += 0.1
    assert remembered.get(DATA) == "second"


def test_what_was_learned_by_the_way_counts_as_an_answer() -> None:
    remembered = Remembered(lambda plane: "asked", 60)
    assert remembered.put(DATA, "told") == "told"
    assert (remembered.get(DATA), remembered.get(CONTENT)) == ("told", "asked")


def test_after_a_failure_it_is_asked_again() -> None:
    outcomes = iter([provider_away("KMS", "time-out"), None])

    def ask(plane: Plane) -> str:
        if error := next(outcomes):
            raise error
        return f"of {plane}"

    remembered = Remembered(ask, 60)
    with pytest.raises(VaultError, match="root-provider-away"):
        remembered.get(DATA)
    assert remembered.get(DATA) == f"of {DATA}"

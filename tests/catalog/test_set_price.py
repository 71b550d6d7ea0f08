"""`manage.py set_price`: an operator's way to the price book."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Model, Price

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("set_price", *args, stdout=out)
    return out.getvalue()


def test_it_sets_every_rate_and_tells_version_and_dates(llama: Model) -> None:
    usual = ("llama", "--input", "0.18", "--cached-input", "0.045", "--output", "0.59")
    batch = ("--batch-input", "0.09", "--batch-cached-input", "0.0225", "--batch-output", "0.295")
    said = run(*usual, *batch, "--from", "2127-01-01T01:00+01:00")
    price = Price.objects.get()
    assert (price.input_rate, price.cached_input_rate, price.output_rate) == (180_000, 45_000, 590_000)
    assert (price.batch_input_rate, price.batch_cached_input_rate, price.batch_output_rate) == (90_000, 22_500, 295_000)
    assert said.startswith("llama has price version 1, in effect from 2127-01-01T00:00:00Z")
    assert "cached input: 0.045" in said
    assert "batch output: 0.295" in said


def test_without_a_moment_it_counts_from_now_and_without_batch_there_is_none(llama: Model) -> None:
    assert "batch" not in run("llama", "--input", "1", "--output", "2")
    assert Price.objects.get().cached_input_rate == 1_000_000


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"--input": "cheap"}, "cheap is not a price"),
        ({"--input": "0.0000001"}, "whole number of pico-dollars"),
        ({"--input": "-1"}, "whole number"),
        ({"--input": "NaN"}, "whole number"),
        ({"--batch-input": "1"}, "or neither"),
        ({"--from": "tomorrow"}, "not a moment"),
        ({"--from": "2127-01-01"}, "names no time zone"),
        ({"--from": "2020-01-01T00:00Z"}, "in the past"),
        ({"--from": "2127-01-01T00:00Z"}, "Version 1 begins on 2127-01-01"),
    ],
)
def test_what_can_not_be_is_refused_with_the_reason(llama: Model, changes: dict[str, str], reason: str) -> None:
    if "Version 1" in reason:
        run("llama", "--input", "1", "--output", "1", "--from", "2127-01-01T00:00Z")
    before: Any = list(Price.objects.values())
    options = {"--input": "1", "--output": "1"} | changes
    with pytest.raises(CommandError, match=reason):
        run("llama", *(f"{name}={value}" for name, value in options.items()))
    assert list(Price.objects.values()) == before


def test_an_unknown_model_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="There is no model llama"):
        run("llama", "--input", "1", "--output", "1")

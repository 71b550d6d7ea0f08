"""Columnar files of calls: exact, whole, brought up to date, and read by the very queries of the document."""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, Project, User
from catalog.models import Model, Price
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from tests.usage.test_report_page import record
from usage import keyset
from usage.models import UsageEvent
from usage.parquet import files
from usage.periods import BY_DAY, Period
from usage.queries import Question, durations, totals
from usage.sketch import percentile

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEYOND_A_FLOAT = 9_007_199_254_740_993
DOCUMENT = Path(__file__).parents[2] / "docs" / "usage-export.md"


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(OPERATOR, project=project, name="ci")[0]


@pytest.fixture
def called(project: Project, key: ApiKey) -> None:
    """Sixty calls of two models, of which one has a price, in eighteen days; and five of another key."""
    llama = Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    Price.objects.create(
        model=llama, version=1, effective_from=NOON - timedelta(days=1), input_rate=180_001, cached_input_rate=45_000,
        output_rate=590_003,
    )  # fmt: skip
    for number in range(60):
        at = NOON + timedelta(hours=7 * number, microseconds=number)
        first = number if number % 3 else None
        model = "llama" if number % 2 else "other/model"
        record(project, key, started_at=at, latency_ms=10 + number, first_token_ms=first, model=model)
    record(project, issue_key(OPERATOR, project=project, name="another")[0], 5, started_at=NOON)


def export(folder: Path, **options: Any) -> str:
    out = StringIO()
    call_command("export_usage", to=folder, stdout=out, **options)
    return out.getvalue().strip()


def found(folder: Path) -> list[Path]:
    return sorted(folder.glob("organization=*/month=*/*.parquet"))


def test_each_day_is_a_file_with_exactly_its_calls(
    called: None, organization: Organization, key: ApiKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "CHUNK", 2)
    monkeypatch.setattr(files, "_GROUP", 3)
    UsageEvent.objects.filter(model="llama").update(amount=BEYOND_A_FLOAT)
    assert export(tmp_path) == "18 days written, 0 as they were."
    assert found(tmp_path)[0] == tmp_path / f"organization={organization.pk}" / "month=2026-03" / "2026-03-10.parquet"
    table = pa.concat_tables(pq.ParquetFile(path).read() for path in found(tmp_path))
    stored = UsageEvent.objects.order_by("started_at", "pk")
    assert table["id"].to_pylist() == [str(event.pk) for event in stored]
    assert table["started_at"].to_pylist() == [event.started_at for event in stored]
    assert [int(amount) for amount in table["amount"].to_pylist()] == [event.amount for event in stored]
    assert table["first_token_ms"].to_pylist() == [event.first_token_ms for event in stored]
    assert set(table["organization_id"].to_pylist()) == {str(organization.pk)}


def test_what_is_complete_is_let_be_and_what_grew_is_written_anew(
    called: None, project: Project, key: ApiKey, tmp_path: Path
) -> None:
    export(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in found(tmp_path)}
    assert export(tmp_path) == "0 days written, 18 as they were."
    record(project, key, started_at=NOON + timedelta(days=3))
    assert export(tmp_path) == "1 days written, 17 as they were."
    assert sum(pq.read_metadata(path).num_rows for path in found(tmp_path)) == 66
    changed = [path.name for path in found(tmp_path) if before[path] != path.stat().st_mtime_ns]
    assert changed == ["2026-03-13.parquet"]


def killed(*paths: Path) -> None:
    raise KeyboardInterrupt


def test_a_run_that_was_killed_leaves_no_half_file_and_is_made_good(
    called: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(files.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            export(tmp_path)
    assert found(tmp_path) == []
    assert export(tmp_path) == "18 days written, 0 as they were."
    assert list(tmp_path.rglob("*.partial")) == []


def test_what_the_database_forgot_stays_in_its_file(called: None, tmp_path: Path) -> None:
    export(tmp_path)
    first = found(tmp_path)[0]
    stored = first.read_bytes()
    UsageEvent.objects.filter(started_at__lt=NOON + timedelta(minutes=1)).delete()
    assert export(tmp_path) == "0 days written, 18 as they were."
    first.unlink()  # and a day without any file gets what is left
    assert export(tmp_path) == "1 days written, 17 as they were."
    first.write_bytes(stored)
    UsageEvent.objects.all().delete()
    found(tmp_path)[1].unlink()
    assert export(tmp_path) == "0 days written, 17 as they were, 1 whose calls are gone."
    assert first.read_bytes() == stored


def test_a_file_that_is_none_is_replaced(called: None, tmp_path: Path) -> None:
    export(tmp_path)
    found(tmp_path)[0].write_bytes(b"")
    assert export(tmp_path) == "1 days written, 17 as they were."


def test_one_organization_and_some_days_may_be_chosen(
    called: None, outsider: User, organization: Organization, tmp_path: Path
) -> None:
    theirs = Organization.objects.get(slug="outsiders").projects.create(name="Theirs", slug="theirs")
    record(theirs, issue_key(OPERATOR, project=theirs, name="x")[0], started_at=NOON)
    chosen = {"since": date(2026, 3, 11), "until": date(2026, 3, 13)}
    assert export(tmp_path, organization="outsiders", **chosen) == "0 days written, 0 as they were."
    assert export(tmp_path, organization=organization.slug, **chosen) == "2 days written, 0 as they were."
    assert [path.name for path in found(tmp_path)] == ["2026-03-11.parquet", "2026-03-12.parquet"]
    assert export(tmp_path) == "17 days written, 2 as they were."
    with pytest.raises(CommandError, match="no organization nobody"):
        export(tmp_path, organization="nobody")


def test_a_second_export_into_the_folder_refuses(called: None, tmp_path: Path) -> None:
    with files.alone(tmp_path), pytest.raises(CommandError, match="Another export"):
        export(tmp_path)


def test_without_pyarrow_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("usage.parquet.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CommandError, match="pip install 'pyarrow"):
        export(tmp_path)


def test_the_document_s_queries_agree_with_the_console(
    called: None, organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(tmp_path)
    monkeypatch.chdir(tmp_path)
    part = DOCUMENT.read_text().partition("## DuckDB")[2].partition("## ClickHouse")[0]
    view, by_day, by_key, by_duration = re.findall(r"```sql\n(.*?)```", part, re.DOTALL)
    engine = duckdb.connect()
    engine.execute(view)
    ours = Question(organization.pk, Period.between(NOON, NOON + timedelta(days=30), BY_DAY))
    cells = totals(ours).cells
    theirs = {(day.replace(tzinfo=UTC), model): numbers for day, model, *numbers in engine.execute(by_day).fetchall()}
    assert theirs == {place: [sums.requests, sums.tokens, sums.amount] for place, sums in cells.items()}
    keys = {key: amount for key, amount, _ in engine.execute(by_key).fetchall()}
    assert sum(keys.values()) == totals(ours).overall.amount
    assert sum(keys.values()) > 0
    latencies, first_tokens = durations(ours, "latencies").groups, durations(ours, "first_tokens").groups
    for model, p50, p95, first in engine.execute(by_duration).fetchall():
        assert percentile(latencies[model], 50) == pytest.approx(p50, rel=0.05)
        assert percentile(latencies[model], 95) == pytest.approx(p95, rel=0.05)
        assert percentile(first_tokens[model], 95) == pytest.approx(first, rel=0.05)

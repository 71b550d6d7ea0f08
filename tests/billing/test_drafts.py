"""Which month a call belongs to: the one it began in, wherever on earth, to the microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.drafts import Drafts, month_start, next_month
from billing.models import BillingAccount, Invoice
from tests.support.invoices import END, NOON, START

MOMENTS = st.integers(1_500_000_000 * 10**6, 4_000_000_000 * 10**6).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
TICK = timedelta(microseconds=1)


@given(MOMENTS, st.integers(-14, 14))
def test_each_moment_lies_in_its_month_and_months_follow_each_other(moment: datetime, hours: int) -> None:
    moment = moment.astimezone(timezone(timedelta(hours=hours)))
    start, end = month_start(moment), next_month(moment)
    assert start <= moment < end
    assert (start.day, start.hour, start.utcoffset()) == (1, 0, timedelta())
    assert month_start(end, back=1) == start
    assert (next_month(end - TICK), month_start(start - TICK)) == (end, month_start(start, back=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("billed_until", "moment", "span"),
    [
        (None, NOON, (START, END)),
        (START, NOON, (START, END)),
        (START, START - TICK, (START, END)),
        (NOON, NOON - TICK, (NOON, END)),
        (NOON, NOON, (NOON, END)),
        (NOON, END - TICK, (NOON, END)),
        (NOON, END, (END, datetime(2027, 1, 1, tzinfo=UTC))),
        (END, NOON, (END, datetime(2027, 1, 1, tzinfo=UTC))),
    ],
)
def test_a_call_lands_in_the_open_span_that_it_began_in_or_in_the_earliest(
    account: BillingAccount, billed_until: datetime | None, moment: datetime, span: tuple[datetime, datetime]
) -> None:
    account.billed_until = billed_until
    found = [Drafts({account.pk: account}).draft_for(account.pk, moment) for _ in range(2)]
    draft = Invoice.objects.get()
    assert found == [draft.pk, draft.pk]
    assert (draft.start, draft.end) == span

"""The chart of a month's spend as plain numbers: the sum of each day, the forecast with its range, and the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.forecast import Forecast
from billing.spend import Spend
from catalog.money import axis_dollars, dollars
from usage.chart import Tick, scale

_LABELS = 8
_MOST_ABOVE = 4  # a cap so many times above all else would leave the rest a flat line


@dataclass(frozen=True, slots=True)
class Column:
    """A day: what was spent by its end, or will have been."""

    x: str
    slot: str
    center: str
    y: str
    label: str
    day: str
    tick: bool
    total: str
    spent: str  # on that day alone; "" for one to come
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class SpendChart:
    """Paths are in a box of 100 by 100 that is drawn without its proportions."""

    columns: Sequence[Column]
    ticks: Sequence[Tick]
    line: str
    area: str
    ahead: str  # "" without a forecast
    band: str
    cap_y: str  # "" for none, or one far above
    now: Column


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    sum: int
    spent: int
    forecast: Forecast | None = None


def draw(spend: Spend, cap: int | None) -> SpendChart:
    past, ahead = _past(spend), _ahead(spend)
    highest = max([past[-1].sum, *(each.forecast.high for each in ahead if each.forecast)])
    shown_cap = cap if cap and cap <= _MOST_ABOVE * max(highest, 1) else None
    step, top = scale(max(highest, (shown_cap or 0) * 11 // 10))  # with room for the cap's label
    place = _Place(len(spend.days), top)
    columns = [place.column(index, each) for index, each in enumerate([*past, *ahead])]
    line = [place.point(index, each.sum) for index, each in enumerate(past)]
    return SpendChart(
        columns=columns,
        ticks=[Tick(place.down(value), axis_dollars(value)) for value in range(0, top + 1 if highest else 1, step)],
        line=_path(line),
        area=_closed([_foot(line[0]), *line, _foot(line[-1])]),
        ahead=_ahead_path(place, line[-1], len(past), ahead),
        band=_band(place, line[-1], len(past), ahead),
        cap_y=place.down(shown_cap) if shown_cap else "",
        now=columns[len(past) - 1],
    )


def _past(spend: Spend) -> list[_Day]:
    days, total = [], 0
    for day in spend.days:
        if day <= spend.today:
            spent = spend.daily.get(day, 0)
            total += spent
            days.append(_Day(day, total, spent))
    return days


def _ahead(spend: Spend) -> list[_Day]:
    """Return the days to come with what will have been spent by their ends; none without a forecast."""
    days = []
    for day in spend.days:
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        if day > spend.today and (found := spend.forecast_by(end)):
            days.append(_Day(day, found.amount, 0, found))
    return days


@dataclass(frozen=True, slots=True)
class _Place:
    """Where days and amounts are."""

    days: int
    top: int

    def point(self, index: int, amount: int) -> tuple[float, float]:
        return 100 * (index + 0.5) / self.days, 100 * (1 - amount / self.top)

    def down(self, amount: int) -> str:
        return f"{100 * (1 - amount / self.top):.2f}%"

    def column(self, index: int, each: _Day) -> Column:
        label, total = date_format(each.day, _("M j")), dollars(each.sum)
        if each.forecast:
            words = {"amount": total, "spread": dollars(each.forecast.spread)}
            total = _("about %(amount)s ± %(spread)s") % words
        return Column(
            x=f"{100 * index / self.days:.2f}%",
            slot=f"{100 / self.days:.2f}%",
            center=f"{100 * (index + 0.5) / self.days:.2f}%",
            y=self.down(each.sum),
            label=_("%(day)s, forecast") % {"day": label} if each.forecast else label,
            day=label,
            tick=index % -(-self.days // _LABELS) == 0,
            total=total,
            spent="" if each.forecast else dollars(each.spent),
            is_ahead=each.forecast is not None,
        )


def _ahead_path(place: _Place, start: tuple[float, float], first: int, ahead: Sequence[_Day]) -> str:
    points = [place.point(first + index, each.sum) for index, each in enumerate(ahead)]
    return _path([start, *points]) if points else ""


def _band(place: _Place, start: tuple[float, float], first: int, ahead: Sequence[_Day]) -> str:
    ranges = [(first + index, each.forecast) for index, each in enumerate(ahead) if each.forecast]
    if not ranges:
        return ""
    above = [place.point(index, found.high) for index, found in ranges]
    below = [place.point(index, found.low) for index, found in reversed(ranges)]
    return _closed([start, *above, *below])


def _foot(point: tuple[float, float]) -> tuple[float, float]:
    return point[0], 100


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _closed(points: Sequence[tuple[float, float]]) -> str:
    return _path(points) + " Z"

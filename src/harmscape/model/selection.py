"""Selections: one grammar for which events, shared by the command line, links, pages and Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, cast, get_args

from harmscape.model.declared import Declared, digest_of
from harmscape.model.domain import Domain
from harmscape.model.drawn import Corner, parse_within, within_words
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import AREA_KM2, Geography
from harmscape.model.measure import Measure, Sharing
from harmscape.model.period import Period, parse_day, parse_end, window_before
from harmscape.model.scheme import Scheme

WORDS = (
    "by",
    "measure",
    "weights",
    "per",
    "window",
    "to",
    "against",
    "as_known_at",
    "areas",
    "where",
    "within",
    "k",
    "apart",
    "finer",
    "points",
    "shared",
    "sums",
    "stocks",
    "dimensions",
)
"""Every word of the grammar."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OF_EVENTS = ("category", "source", "agency", "detection", "weekday", "hour")
"""The fields of `where` that every workspace has; declared attributes and geographies join them."""

_MOST_VALUES, _LONGEST = 200, 200


class Condition(Declared):
    """One term of `where`: a field and the values it may have."""

    field: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.field}={','.join(self.values)}"


class Selection(Declared):
    """A question, fully said: nothing in it depends on the day it is asked.

    `per` ranks by a rate: harm for each of a figure that the areas have (residents, households).
    `points` are trial weights ("what if a farm were 200 points?") that stand in front of the scheme's.
    `shared`: what an event linked to several subjects is worth to each; None as the measure says.
    `sums`: in a sum of measures an event counts once (`distinct`) or once for each measure it is in
    (`published`, as the practice adds them).
    `stocks`: with or without the measures of a register. `dimensions`: the kinds of harm that are weighed.
    `within`: the corners of a drawn area; events with an exact point lie in it by that, others by their area.
    `apart` sets rare, huge events apart; `finer` allows areas finer than snapped points can bear.
    """

    by: str
    measure: str
    weights: str
    per: str | None = None
    period: Period
    against: Period | None = None
    as_known_at: date | None = None
    areas: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    within: tuple[Corner, ...] = ()
    k: int = 5
    apart: bool = False
    finer: bool = False
    points: tuple[tuple[str, Decimal], ...] = ()
    shared: Sharing | None = None
    sums: Literal["distinct", "published"] = "distinct"
    stocks: bool = True
    dimensions: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return digest_of(self.words())

    def words(self) -> dict[str, str]:
        """The selection in the words of the grammar; reading them gives the same selection again.

        The window is written in days so that it means the same wherever it is read.
        """
        words = {
            "by": self.by,
            "measure": self.measure,
            "weights": self.weights,
            "window": f"{self.period.days}d",
            "to": str(self.period.ends - timedelta(days=1)),
            "k": str(self.k),
        }
        if self.per is not None:
            words["per"] = self.per
        if self.against is not None:
            words["against"] = f"{self.against.starts}..{self.against.ends - timedelta(days=1)}"
        if self.as_known_at is not None:
            words["as_known_at"] = str(self.as_known_at)
        if self.areas:
            words["areas"] = ",".join(self.areas)
        if self.where:
            words["where"] = ";".join(str(condition) for condition in self.where)
        if self.within:
            words["within"] = within_words(self.within)
        if self.points:
            words["points"] = ",".join(f"{category}={points}" for category, points in self.points)
        if self.dimensions:
            words["dimensions"] = ",".join(self.dimensions)
        if self.shared is not None:
            words["shared"] = self.shared
        if self.sums != "distinct":
            words["sums"] = self.sums
        if not self.stocks:
            words["stocks"] = "no"
        return words | {flag: "yes" for flag in ("apart", "finer") if getattr(self, flag)}


def parse_selection(words: Mapping[str, object], domain: Domain, *, last_day: date | None) -> Selection:
    """A selection from words; what they leave out is taken from the workspace's defaults.

    words: keys from `WORDS`, values as text, lists of text, or the plain types of Python.
    last_day: the last day of the last complete month in the data, the default for `to`; None when empty.
    Raises SelectionError with the nearest valid choice.
    """
    said = {key: value for key, value in words.items() if value is not None and value not in ("", (), [])}
    for key in said:
        if key not in WORDS:
            raise SelectionError(f"no such word in a selection: {key[:40]!r}{nearest(key[:40], WORDS)}")
    defaults = domain.settings.defaults
    subject = domain.subject(_text(said, "by", defaults.by))
    measure = domain.measure(_text(said, "measure", defaults.measure))
    period = _period(said, defaults.window, last_day)
    scheme = domain.scheme(_text(said, "weights", measure.scheme))
    return Selection(
        by=_by(_text(said, "by", defaults.by), subject),
        measure=measure.id,
        weights=scheme.id,
        per=_per(_text(said, "per", ""), subject),
        period=period,
        against=_against(_text(said, "against", ""), period),
        as_known_at=parse_day(_text(said, "as_known_at", "")) if "as_known_at" in said else None,
        areas=tuple(_listed(said.get("areas"), ",")),
        where=_where(_listed(said.get("where"), ";"), domain),
        within=parse_within(_text(said, "within", "")) if "within" in said else (),
        k=_whole(_text(said, "k", str(defaults.k)), "k"),
        apart=_flag(said.get("apart")),
        finer=_flag(said.get("finer")),
        points=_points(said.get("points"), domain),
        shared=_shared(_text(said, "shared", ""), measure),
        sums=_sums(_text(said, "sums", "distinct")),
        stocks=_flag(said.get("stocks", True)),
        dimensions=_dimensions(_listed(said.get("dimensions"), ","), scheme),
    )


def _shared(text: str, measure: Measure) -> Sharing | None:
    if not text:
        return None
    for choice in get_args(Sharing):
        if text == choice:
            if choice == "role_weighted" and not measure.role_shares:
                raise SelectionError(f"measure {measure.id!r} says no role_shares to share by")
            return cast("Sharing", choice)
    raise SelectionError(
        f"expected --shared full, split or role_weighted{nearest(text[:40], get_args(Sharing))}"
    )


def _sums(text: str) -> Literal["distinct", "published"]:
    if text == "distinct":
        return "distinct"
    if text == "published":
        return "published"
    raise SelectionError(f"expected --sums distinct or published, got {text[:40]!r}")


def _dimensions(names: list[str], scheme: Scheme) -> tuple[str, ...]:
    for name in names:
        if name not in scheme.dimensions:
            raise SelectionError(
                f"scheme {scheme.id!r} has no dimension {name[:40]!r}{nearest(name[:40], scheme.dimensions)}"
            )
    return tuple(each for each in scheme.dimensions if each in names)


def _by(text: str, subject: Geography | EntityKind) -> str:
    """A kind of subject, or one edition of a geography by name: `ward@2021`."""
    if isinstance(subject, EntityKind):
        return subject.id
    geography = subject
    _, at, edition = text.partition("@")
    known = [each.id for each in geography.editions]
    if at and edition not in known:
        raise SelectionError(
            f"{geography.title} has no edition {edition[:40]!r}{nearest(edition[:40], known)}"
        )
    return f"{geography.id}@{edition}" if at else geography.id


def _per(text: str, subject: Geography | EntityKind) -> str | None:
    if isinstance(subject, EntityKind):
        if text:
            raise SelectionError(f"{subject.many} have no figures, so nothing can be told per {text[:40]!r}")
        return None
    geography = subject
    known = {figure.id for edition in geography.editions for figure in edition.denominators} | {AREA_KM2}
    if text and text not in known:
        raise SelectionError(f"{geography.title} has no figure {text[:40]!r}{nearest(text[:40], known)}")
    return text or None


def _text(said: Mapping[str, object], word: str, default: str) -> str:
    return str(said.get(word, default)).strip()


def _period(said: Mapping[str, object], window: str, last_day: date | None) -> Period:
    to = _text(said, "to", "")
    if not to and last_day is None:
        raise SelectionError("the workspace holds no events yet: run `harmscape load`, or say --to")
    ends = parse_end(to) if to else parse_end(str(last_day))
    # "12m" to the last day of a month means whole months, although the end was named as a day.
    return window_before(ends, _text(said, "window", window))


def _against(text: str, period: Period) -> Period | None:
    if not text:
        return None
    if text == "prev":
        if period.is_whole_months:
            months = len(period.months)
            return window_before(period.starts, f"{months}m")
        return window_before(period.starts, f"{period.days}d")
    first, dots, last = text.partition("..")
    if not dots:
        raise SelectionError(
            f"expected --against prev or two days such as 2025-01-01..2025-12-31, got {text[:40]!r}"
        )
    starts, ends = parse_day(first), parse_end(last)
    if starts >= ends:
        raise SelectionError(f"--against must start before it ends, got {text[:40]!r}")
    return Period(starts, ends)


def _listed(value: object, divider: str) -> list[str]:
    if value is None:
        return []
    parts: Iterable[object] = value.split(divider) if isinstance(value, str) else _many(value)
    return [text for part in parts if (text := str(part).strip())]


def _many(value: object) -> Iterable[object]:
    if not isinstance(value, Iterable):
        raise SelectionError("expected a list of words")
    return value


def _where(terms: list[str], domain: Domain) -> tuple[Condition, ...]:
    conditions: dict[str, Condition] = {}
    for term in terms:
        field, equals, text = term.partition("=")
        name = field.strip().lower().replace("-", "_")
        values = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if not equals or not values:
            raise SelectionError(
                "expected --where field=value[,value], for example --where detection=reported"
            )
        if len(values) > _MOST_VALUES or any(len(each) > _LONGEST for each in values):
            raise SelectionError(
                f"a term of --where takes up to {_MOST_VALUES} values of {_LONGEST} characters"
            )
        if name in conditions:
            raise SelectionError(f"--where names {name!r} twice; give its values in one term, with commas")
        conditions[name] = Condition(field=name, values=_checked(name, values, domain))
    return tuple(conditions[name] for name in sorted(conditions))


def _checked(name: str, values: tuple[str, ...], domain: Domain) -> tuple[str, ...]:
    geographies = [geography.id for geography in domain.geographies]
    entities = [kind.id for kind in domain.entities]
    known = (*OF_EVENTS, *domain.attributes, *geographies, *entities)
    if name not in known:
        raise SelectionError(f"--where knows no field {name[:40]!r}{nearest(name[:40], known)}")
    closed: Mapping[str, Iterable[str]] = {
        "category": domain.categories,
        "source": [source.id for source in domain.sources],
        "agency": {source.policy.agency for source in domain.sources},
        "detection": ("reported", "proactive"),
        "weekday": WEEKDAYS,
        "hour": [str(hour) for hour in range(24)],
    }
    if name not in closed:
        return values
    folded = {each.casefold(): each for each in closed[name]}
    for value in values:
        if value.casefold() not in folded:
            raise SelectionError(f"no {name} {value[:40]!r}{nearest(value[:40], closed[name])}")
    return tuple(dict.fromkeys(folded[value.casefold()] for value in values))


def _points(value: object, domain: Domain) -> tuple[tuple[str, Decimal], ...]:
    trial: dict[str, Decimal] = {}
    for term in _listed(value, ","):
        category, _, text = term.partition("=")
        if category.strip() not in domain.categories:
            hint = nearest(category.strip()[:40], domain.categories)
            raise SelectionError(f"no category {category.strip()[:40]!r}{hint}")
        try:
            points = Decimal(text.strip())
        except InvalidOperation:
            points = Decimal(-1)
        if not (points.is_finite() and 0 <= points <= 10**7) or points != round(points, 4):
            raise SelectionError(
                "expected --points category=points, points from 0 to 10,000,000, four places"
            )
        trial[category.strip()] = points
    return tuple(sorted(trial.items()))


def _whole(text: str, word: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise SelectionError(f"{word} must be a whole number of at least 1, got {text[:20]!r}")
    return int(text)


def _flag(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    text = str(value).strip().lower()
    if text not in {"yes", "no", "true", "false", "1", "0"}:
        raise SelectionError(f"expected yes or no, got {text[:20]!r}")
    return text in {"yes", "true", "1"}

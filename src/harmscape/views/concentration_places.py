"""Places finer than areas: the points that events have, or an attribute such as the street, by area."""

from __future__ import annotations

from harmscape.engine import identifier
from harmscape.model.errors import SelectionError, nearest
from harmscape.views.question import Question

AREAS, POINTS = "areas", "points"


def put_in_places(question: Question, places: str) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Number the places of `gathered` anew: its points, or the values of an attribute within an area.

    Returns codes and names in the order of their numbers, and what must be said beside. A place that this
    workspace has ever known counts, also one without an event in the window. Only rows that this reader may
    open have places. Raises SelectionError for an unknown kind of place, and for snapped points unless they
    are asked for with `finer`: several addresses share one.
    """
    cursor = question.cursor
    column = _column(question, places)
    known = f"""
        select s.event_id, s.precision = 'snapped' as snapped, {column} as code
        from seen_event s
        where s.source in (select d.value from listed_source d) and {column} is not null
    """
    _register_sources(question)
    cursor.create("placed", known)
    if not question.selection.finer:
        _refuse_snapped(question)
    area = f"e.{identifier(question.area_column)}"
    cursor.create(
        "place_of",
        f"select p.event_id, p.code, {area} as area_no"
        " from placed p join counted_event e on e.event_id = p.event_id",
    )
    cursor.create(
        "place",
        "select row_number() over (order by p.code, p.area_no) as no, p.code, p.area_no"
        " from (select distinct o.code, o.area_no from place_of o) p",
    )
    cursor.create(
        "gathered_there",
        """
        select g.* replace (coalesce(p.no, 0) as place_no)
        from gathered g
        left join place_of o on o.event_id = g.event_id
        left join place p on p.code = o.code and p.area_no = o.area_no
        """,
    )
    cursor.create("gathered", "select t.* from gathered_there t")
    rows = cursor.rows("places", "select p.code, p.area_no from place p order by p.no")
    book = question.book
    codes = tuple(str(code) for code, _ in rows)
    names = tuple(f"{code}, {book.names[no - 1]}" if no else str(code) for code, no in rows)
    return codes, names, _said(question, places)


def _column(question: Question, places: str) -> str:
    if places == POINTS:
        # A metre tells places apart, in whichever system.
        return (
            "case when s.x is null or s.y is null then null"
            " when abs(s.x) <= 180 then printf('%.5f %.5f', s.x, s.y) else printf('%.0f %.0f', s.x, s.y) end"
        )
    known = kinds_of_place(question)
    if places not in known:
        raise SelectionError(f"no kind of place {places[:40]!r}{nearest(places[:40], known)}")
    return f"s.attr_{identifier(places)}"


def kinds_of_place(question: Question) -> tuple[str, ...]:
    """What can be taken as a place: areas, points, and the attributes of the events that are asked about."""
    told = {name for name, *_ in question.cursor.rows("columns", "describe seen_event")}
    counted = {each.source for each in question.counted_extents}
    # A reader does not learn here of the attributes of a source that is closed to them.
    open_ones = {
        name
        for source in question.context.domain.sources
        if source.id in question.known_sources and source.id in counted
        for name in source.attributes
    }
    return AREAS, POINTS, *(name for name in sorted(open_ones) if f"attr_{name}" in told)


def _register_sources(question: Question) -> None:
    import pyarrow as pa

    named = sorted({each.source for each in question.counted_extents})
    question.cursor.register("listed_source", pa.table({"value": pa.array(named, pa.string())}))


def _refuse_snapped(question: Question) -> None:
    if question.cursor.rows("snapped", "select 1 from placed p where p.snapped limit 1"):
        raise SelectionError(
            "these points were snapped to map points by their publisher, and several addresses share one:"
            " nothing finer than an LSOA can be claimed of them. Ask for it by name with --finer,"
            " and it will be marked"
        )


def _said(question: Question, places: str) -> list[str]:
    cursor = question.cursor
    said = []
    if question.selection.finer and cursor.rows("snapped", "select 1 from placed p where p.snapped limit 1"):
        said.append(
            "Snapped points: a place here is a map point or a name beside it, which stands for several"
            " addresses, not for one."
        )
    ((away,),) = cursor.rows("away", "select count(*) from gathered g where g.place_no = 0")
    if away:
        said.append(
            f"{away:,} events have no such place, or may not be opened in your role; they are left out."
        )
    kind = "points" if places == POINTS else "names"
    said.append(
        f"Places are the {kind} that some event ever had here; places where nothing ever happened are not"
        " known, so shares of places are of those."
    )
    return said

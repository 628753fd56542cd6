"""Commands that profile: a theme, a group, a family; and what may have been counted twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table, tier_words
from harmscape.views.double_counts import HOURS, METRES, DoubleCounts
from harmscape.views.family_profile import FamilyProfile
from harmscape.views.group_profile import GroupProfile
from harmscape.views.theme_view import ThemeView
from harmscape.workspace import open_workspace

_NAME, _SHOWN = 34, 25
STATES = {
    "recorded": "● recorded",
    "looked_for_none": "○ looked for, none",
    "not_asked": "? not asked",
    "withheld": "– may not be opened",
}


@click.command(short_help="What does a theme come to?")
@click.argument("name", metavar="THEME")
@workspace_option
@selection_options
@format_options
def theme(name: str, folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """What does THEME come to? Each of its measures by itself, beside the period before."""
    result = open_workspace(folder).ask("theme", said(words), theme=name)
    if emit(result, form, out):
        return
    assert isinstance(result, ThemeView)
    click.echo(click.style(str(result.sentence), bold=True))
    screen = console()
    body = [
        (
            cut(each.title, _NAME),
            each.kind,
            f"{each.events:,}",
            f"{each.before_events:,}",
            f"{each.harm:,.0f}",
            f"{each.before_harm:,.0f}",
            ", ".join(f"{top.name} {top.rank} ({top.rank_lo}–{top.rank_hi})" for top in each.top[:3]),
        )
        for each in result.measures
    ]
    heads = [("Measure", "l"), ("Kind", "l"), ("Events", "r"), ("Before", "r"), ("Harm", "r")]
    screen.print()
    screen.print(table("", [*heads, ("Before", "r"), (f"First {result.by['plural'].lower()}", "l")], body))
    titles = {each.id: each.title for each in result.measures}
    sums = [
        f"{each.title} adds up {len(each.adds)} measures: {each.overlap:,.0f} {each.unit} more than once"
        for each in result.measures
        if each.overlap is not None
    ]
    notes(
        [
            *sums,
            *(
                f"{each.events:,} events in both {titles[each.first]} and {titles[each.second]}"
                for each in result.counted_twice
            ),
        ],
        "Counted by two measures:",
    )
    shared = [
        line
        for line in result.measures[0].not_contained
        if all(line in each.not_contained for each in result.measures)
    ]
    own = [
        f"{each.title}: {line}"
        for each in result.measures
        for line in each.not_contained
        if line not in shared
    ]
    notes([*own, *shared], "What these figures do not contain:")
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Who is this group?")
@click.argument("code")
@workspace_option
@selection_options
@format_options
@click.option("--geography", default="", metavar="LEVEL", help="Areas to tell events and homes by.")
def group(code: str, folder: Path, form: str, out: Path | None, geography: str, **words: Any) -> None:
    """Who is this group? The profile of CODE: figures, members, roles, areas, people shared with others."""
    options = {"geography": geography} if geography else {}
    result = open_workspace(folder).ask("group", {**said(words), "areas": [code]}, **options)
    if emit(result, form, out):
        return
    assert isinstance(result, GroupProfile)
    standing = result.figures.standing
    click.echo(click.style(f"{standing.name} ({standing.area_id}). {result.figures.sentence}", bold=True))
    click.echo(
        f"{standing.events:,} distinct events, harm {standing.harm:,.0f}"
        f" ({standing.harm_lo:,.0f}–{standing.harm_hi:,.0f}), shared: {result.shared}"
    )
    click.echo("; ".join(f"{each.rule} {each.harm:,.0f}" for each in result.by_rule))
    _group_tables(result)
    if result.withheld:
        click.echo(f"\n{result.withheld:,} members are counted and may not be opened in your role")
    notes([f"{each.name}: {', '.join(each.groups)}" for each in result.brokers], "In two or more groups:")
    notes(
        [
            f"{each.name} ({each.code}): {each.now:,} now, {each.ever:,} at any time"
            for each in result.sharing
        ],
        "Groups that share members:",
    )
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _group_tables(result: GroupProfile) -> None:
    screen = console()
    members = [
        (
            cut(each.name, _NAME),
            each.code,
            each.role or "",
            cut(each.listed_as, _NAME),
            each.starts,
            each.ends or "",
            "yes" if each.in_force else "no",
            ", ".join(each.also_in),
        )
        for each in result.members[:_SHOWN]
    ]
    heads = [("Member", "l"), ("Code", "l"), ("Role", "l"), ("Listed as", "l"), ("From", "l"), ("To", "l")]
    screen.print()
    screen.print(table("", [*heads, ("In force", "l"), ("Also in", "l")], members))
    if len(result.members) > _SHOWN:
        click.echo(f"... and {len(result.members) - _SHOWN:,} more; --format json gives them all")
    roles = [
        (each.role, f"{each.events:,}", f"{each.harm:,.0f}", "yes" if each.counts else "no")
        for each in result.by_role
    ]
    columns = [("Role in the event", "l"), ("Events", "r"), ("Harm", "r"), ("Counts for the group", "l")]
    screen.print(table("\nBy role; an event of several roles stands in each", columns, roles))
    homes = {each.area_id: each for each in result.homes}
    falls = {each.area_id: each for each in result.areas}
    areas = [
        (
            cut(falls[one].name if one in falls else homes[one].name, _NAME),
            one,
            f"{falls[one].events:,}" if one in falls else "",
            f"{falls[one].harm:,.0f}" if one in falls else "",
            f"{homes[one].members:,}" if one in homes else "",
        )
        for one in list(dict.fromkeys([*falls, *homes]))[:_SHOWN]
    ]
    columns = [
        (result.geography["title"], "l"),
        ("Code", "l"),
        ("Events", "r"),
        ("Harm", "r"),
        ("Homes", "r"),
    ]
    screen.print(table("\nWhere its events fall and its members live", columns, areas))


@click.command(short_help="What is known of this family?")
@click.argument("code")
@workspace_option
@selection_options
@format_options
def family(code: str, folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """What is known of family CODE, by whom, and what did nobody ask?"""
    result = open_workspace(folder).ask("family", {**said(words), "areas": [code]})
    if emit(result, form, out):
        return
    assert isinstance(result, FamilyProfile)
    click.echo(click.style(f"{result.subject.title} {result.subject.name}. {result.sentence}", bold=True))
    if result.repeats:
        told = result.repeats
        place = (
            f"place {told.rank} ({told.rank_lo}–{told.rank_hi}) of {told.of:,}; {tier_words(told.tier)}"
            if told.tier
            else f"not among the {told.of:,} that ever had one"
        )
        click.echo(f"{told.title}: {told.events:,}; {place}")
    _matrix(result)
    persons = [
        (
            each.kind,
            each.name,
            ", ".join(each.roles),
            "child" if each.child else "",
            f"{each.rows:,}",
            each.first,
            each.last,
        )
        for each in result.persons
    ]
    heads = [
        ("Kind", "l"),
        ("Name", "l"),
        ("Roles", "l"),
        ("", "l"),
        ("Rows", "r"),
        ("First", "l"),
        ("Last", "l"),
    ]
    screen = console()
    screen.print(table("\nWho the rows name", heads, persons))
    lines = [
        (each.day, each.category, each.agency, each.reference or "", f"{each.file}:{each.line}")
        for each in result.timeline[:_SHOWN]
    ]
    columns = [("Date", "l"), ("What", "l"), ("Agency", "l"), ("Reference", "l"), ("Row", "l")]
    screen.print(table("\nTimeline, latest first", columns, lines))
    if len(result.timeline) > _SHOWN:
        click.echo(f"... and {len(result.timeline) - _SHOWN:,} more; --format json gives them")
    notes(
        [f"{each.source} ({each.agency}): {each.rows:,}" for each in result.closed],
        "Rows that are counted and may not be opened in your role:",
    )
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _matrix(result: FamilyProfile) -> None:
    """One line a cell that says something; the circumstances nobody asked about stand together."""
    screen = console()
    held = [each for each in result.matrix if each.state != "not_asked" or each.latest or each.withheld]
    body = [
        (
            each.title,
            each.agency,
            STATES[each.state],
            each.latest or "",
            f"{each.withheld:,} not to be opened" if each.withheld else "",
        )
        for each in held
    ]
    heads = [("Circumstance", "l"), ("Agency", "l"), ("Answer", "l"), ("Latest", "l"), ("", "l")]
    screen.print()
    screen.print(table("", heads, body))
    silent = len(result.matrix) - len(held)
    if silent:
        click.echo(
            f"{STATES['not_asked']}: {silent:,} more of {len(result.matrix):,} cells, with no row at all"
        )


@click.command(name="double-counts", short_help="What may have been counted twice?")
@workspace_option
@selection_options
@format_options
@click.option("--metres", type=float, default=METRES, help=f"How far apart at most. Default: {METRES:g}.")
@click.option("--hours", type=float, default=HOURS, help=f"How long apart at most. Default: {HOURS:g}.")
@click.option("--offset", type=int, default=0, help="Skip this many suggestions.")
@click.option("--limit", type=int, default=25, help="Suggestions to show, at most 1,000. Default: 25.")
def double_counts(
    folder: Path,
    form: str,
    out: Path | None,
    metres: float,
    hours: float,
    offset: int,
    limit: int,
    **words: Any,
) -> None:
    """What may have been counted twice? Events of different parts of a score, near in place and time."""
    # A receipt holds whole numbers and text.
    options: dict[str, Any] = {
        "metres": f"{metres:g}",
        "hours": f"{hours:g}",
        "offset": offset,
        "limit": limit,
    }
    result = open_workspace(folder).ask("double_counts", said(words), **options)
    if emit(result, form, out):
        return
    assert isinstance(result, DoubleCounts)
    click.echo(click.style(str(result.sentence), bold=True))
    body = [
        (
            f"{each.nearness:.2f}",
            f"{each.distance_m:,.0f} m",
            "same day" if each.gap_hours is None else f"{each.gap_hours:,.1f} h",
            each.events[0].day,
            "\n".join(cut(event.category, _NAME) for event in each.events),
            "\n".join(event.reference or "" for event in each.events),
            "\n".join(cut(", ".join(event.parts), _NAME) for event in each.events),
            f"{each.harm:,.0f}",
            f"{each.harm_once:,.0f}",
        )
        for each in result.suggestions
    ]
    heads = [("Nearness", "r"), ("Apart", "r"), ("", "r"), ("Date", "l"), ("What", "l"), ("Reference", "l")]
    screen = console()
    screen.print()
    screen.print(table("", [*heads, ("Counts in", "l"), ("Harm", "r"), ("Once", "r")], body))
    if result.total > result.offset + len(result.suggestions):
        click.echo(f"{result.total:,} suggestions in all; --offset and --limit turn the page")
    compared = result.compared
    notes(
        [
            f"{compared.events:,} events compared, at most {result.metres:g} m and {result.hours:g} h apart",
            f"{compared.no_point:,} have no point, {compared.snapped:,} a snapped one,"
            f" {compared.month_only:,} are known only by month",
            *([f"{compared.closed:,} are counted and may not be opened"] if compared.closed else []),
        ],
        "What was compared:",
    )
    notes(result.warnings, "Mind:")
    receipt_line(result)

"""The command that asks whether an operation worked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.cohort_impact import CohortImpact
from harmscape.views.cohort_sides import AFTER_MONTHS, WINDOW_MONTHS
from harmscape.views.impact_figure import Figure
from harmscape.views.impact_result import Impact, Other
from harmscape.views.result import Result
from harmscape.workspace import Workspace, open_workspace

_NAME = 44
_DRIFTED = 0.05
SURETY = {
    "clearly": "clearly {}",
    "probably": "probably {}",
    "not_told_apart": "cannot be told from chance",
}


@click.command(short_help="Did an operation work, and did harm move next door?")
@click.argument("operation", metavar="OPERATION", required=False)
@workspace_option
@selection_options
@format_options
@click.option(
    "--method",
    metavar="NAME,...",
    help="wdd, did, its, synthetic; the first gives the answer. Default: wdd,did,its.",
)
@click.option("--controls", metavar="auto|CODE,...", help="The areas to compare with. Default: the likest.")
@click.option(
    "--buffer", metavar="METRES,...", help="Rings in metres, e.g. 250,500. Default: bordering areas."
)
@click.option("--months-before", metavar="N", help="How many months before to compare with.")
@click.option("--veto", "vetoes", multiple=True, metavar="CODE", help="Turn a control down; needs --why.")
@click.option(
    "--cohort", metavar="SOURCE", help="Follow people whom a source refers, in place of an operation."
)
@click.option("--only", metavar="FIELD=V,V", help="With --cohort: only referrals with these values.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write the answer on one sheet of A4, ready to print.",
)
@click.option("--why", "reasons", multiple=True, help="Why, once for each --veto.")
def impact(
    operation: str | None,
    folder: Path,
    form: str,
    out: Path | None,
    method: str | None,
    controls: str | None,
    buffer: str | None,
    months_before: str | None,
    vetoes: tuple[str, ...],
    reasons: tuple[str, ...],
    cohort: str | None,
    only: str | None,
    report: Path | None,
    **words: Any,
) -> None:
    """Did OPERATION work? Its areas beside like ones that nobody acted on, before and after it began."""
    if (operation is None) == (cohort is None):
        raise click.UsageError("name an operation, or --cohort with the source of referrals: one of the two")
    if cohort is not None:
        if report is not None:
            raise click.UsageError("--report is for the impact of an operation")
        _cohort(folder, form, out, said(words), {"source": cohort, **({"only": only} if only else {})})
        return
    if len(vetoes) != len(reasons):
        raise click.UsageError("each --veto needs a --why: an area is turned down with a reason")
    options = {
        "method": method,
        "controls": controls,
        "buffer": buffer,
        "months_before": months_before,
        "veto": ";".join(f"{code}={why}" for code, why in zip(vetoes, reasons, strict=True)) or None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    workspace = open_workspace(folder)
    result = workspace.ask("impact", said(words), operation=operation, **given)
    if report is not None:
        _report(workspace, result, report)
        return
    if emit(result, form, out):
        return
    assert isinstance(result, Impact)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(" ".join(filter(None, (result.displacement, result.harm))))
    click.echo(
        f"{result.measure['title']}; {result.windows['after_months']} months from"
        f" {result.windows['after_starts']}, beside {result.windows['before_months']} months before."
        f" {result.power}"
    )
    _figures(result)
    _study(result)
    _controls(result)
    _rest(result)
    receipt_line(result)


def _report(workspace: Workspace, result: Result, path: Path) -> None:
    from harmscape.publish.export import write_result

    path.parent.mkdir(parents=True, exist_ok=True)
    write_result(workspace, result, "html", path)
    click.echo(f"wrote {path}: one page, to be printed from a browser", err=True)


def _cohort(
    folder: Path, form: str, out: Path | None, words: dict[str, Any], options: dict[str, str]
) -> None:
    result = open_workspace(folder).ask("cohort", words, **options)
    if emit(result, form, out):
        return
    assert isinstance(result, CohortImpact)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(
        f"{result.measure['title']}. {result.referred:,} people were referred with enough data on both sides;"
        f" {result.matched:,} have matches among {result.different_matches:,} others."
    )
    if not result.too_early:
        click.echo(
            f"{result.observed:,.0f} events followed in {AFTER_MONTHS} months, where {result.expected:,.0f}"
            f" were expected. {result.harm}"
        )
    click.echo(result.away)
    _followed(result)
    notes([f"{each.why}: {each.people:,}" for each in result.left_out], "Left out:")
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _followed(result: CohortImpact) -> None:
    if result.too_early:
        return
    heads = [("Months before", "r"), ("Events a person", "r"), ("Their matches", "r"), ("Apart, SD", "r")]
    heads += [("Free", "r"), ("Matches free", "r")]
    body = [
        (
            f"{each.months_before - WINDOW_MONTHS + 1}–{each.months_before}",
            f"{each.referred:.2f}",
            f"{each.matches:.2f}",
            f"{each.apart:.2f}",
            f"{each.referred_free:.0%}",
            f"{each.matches_free:.0%}",
        )
        for each in result.balance
    ]
    console().print(table(f"\n{result.likeness}", heads, body))
    heads = [
        ("Months since", "r"),
        ("Referred", "r"),
        ("95% range", "r"),
        ("Matches", "r"),
        ("95% range", "r"),
    ]
    rows = [
        (
            f"{each.from_month} to {each.to_month}",
            _rate(each.referred),
            f"{_rate(each.referred_lo)}–{_rate(each.referred_hi)}",
            _rate(each.matches),
            f"{_rate(each.matches_lo)}–{_rate(each.matches_hi)}",
        )
        for each in result.steps
    ]
    console().print(table("\nEvents a month for 100 people who are free", heads, rows))


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def surety_words(figure: Figure) -> str:
    """The fixed words of a figure."""
    if figure.estimate != figure.estimate:
        return "cannot be told"
    return SURETY[figure.surety].format("fewer" if figure.estimate < 0 else "more")


def _figures(result: Impact) -> None:
    screen = console()
    heads = [("Method", "l"), ("Change", "r"), ("95% range", "r"), ("Ratio", "r"), ("", "l"), ("", "l")]
    figures = [*result.methods, *(ring.change for ring in result.rings)]
    figures += [result.together] if result.together else []
    rows = [
        (
            cut(each.title, _NAME),
            *_ranged(each),
            "" if each.ratio is None else f"{each.ratio:.2f}",
            surety_words(each),
            each.note,
        )
        for each in figures
    ]
    screen.print()
    screen.print(table("", heads, rows))
    others = [
        (
            cut(each.name[:1].upper() + each.name[1:], _NAME),
            *_ranged(each),
            each.of,
            "turns the sign" if each.turns else "",
        )
        for each in result.others
    ]
    columns = [("Other choices", "l"), ("Change", "r"), ("95% range", "r"), ("Of", "l"), ("", "l")]
    click.echo(f"\n{result.robustness}")
    screen.print(table("", columns, others))


def _study(result: Impact) -> None:
    """The ratio by quarter about the start: did it come with the start, and did they drift apart before?"""
    if not result.study:
        return
    body = [
        (
            f"{each.month:%B %Y}",
            f"{each.ratio:.2f}",
            "stands for 1" if each.reference else f"{each.lo:.2f} to {each.hi or float('inf'):.2f}",
        )
        for each in result.study
    ]
    if result.drift_p is not None:
        sure = "had moved apart from" if result.drift_p < _DRIFTED else "had moved with"
        click.echo(f"\nBefore the start these areas {sure} their controls (p {result.drift_p:.2f}).")
    console().print(table("", [("Quarter from", "l"), ("Ratio", "r"), ("95% range", "r")], body))


def _ranged(each: Figure | Other) -> tuple[str, str]:
    """A change and its range; a dash where this way gives no answer."""
    if each.estimate != each.estimate:
        return "–", "–"
    return f"{each.estimate:+,.0f}", f"{each.lo:+,.0f} to {each.hi:+,.0f}"


def _controls(result: Impact) -> None:
    body = [
        (
            cut(each.name, _NAME),
            each.area_id,
            "chosen" if each.chosen else f"turned down: {each.vetoed}" if each.vetoed else "",
            f"{each.events_a_month:,.1f}",
            _unlike(each.distance),
        )
        for each in result.controls
        if each.chosen or each.vetoed
    ]
    heads = [("Control", "l"), ("Code", "l"), ("", "l"), ("Events a month", "r"), ("Unlikeness", "r")]
    if result.likeness:
        click.echo(f"\n{result.likeness}")
    if body:
        console().print(table("", heads, body))


def _unlike(distance: float | None) -> str:
    """How unlike a control is; what chance parts is not told apart from alike."""
    if distance is None:
        return "too few to tell"
    return "none beyond chance" if round(distance, 2) == 0 else f"{distance:.2f}"


def _rest(result: Impact) -> None:
    notes(
        [
            f"{each['title']}: {str(each['chosen'])[:16].replace('T', ' ')}"
            + (f" (added {each['added_after']})" if each["added_after"] else "")
            for each in result.operation["measures"]
        ],
        "Measures chosen:",
    )
    notes([f"{each.title}: {each.areas} areas" for each in result.elsewhere], "Other operations, left out:")
    if result.anyway:
        told = result.anyway
        click.echo(
            f"\nThe year before the start had {told.last:,.0f} events, a mean earlier one {told.past:,.0f}:"
            f" with nothing done, {told.expected_next:,.0f} ({told.lo:,.0f}–{told.hi:,.0f}) would be expected"
            " the year after."
        )
    alarm = next((each.month for each in result.watch if each.alarm), None)
    if result.watch:
        seen = f"{alarm:%B %Y}" if alarm else "no month"
        click.echo(f"Looked at every month, chance would have been ruled out in {seen}.")
    notes(result.warnings, "Mind:")

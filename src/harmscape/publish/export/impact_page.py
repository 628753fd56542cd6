"""An impact on one sheet of A4: the sentence, the picture, what it rests on, and the receipt, in greys.

Answers "what do I put before the meeting?" One file of HTML that needs nothing beside it and prints on one
page. It names areas and no persons; everything on it is what the answer holds, in the answer's own words.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from harmscape.publish.export.impact_drawing import drawing
from harmscape.views.impact_figure import Figure
from harmscape.views.impact_result import Impact
from harmscape.views.impact_words import more_or_fewer, signed, span

_MOST_OTHERS, _MOST_CONTROLS, _MOST_MEASURES, _MOST_WARNINGS, _MOST_PARTNERS = 9, 5, 4, 3, 5
_MOST_LETTERS = 31
"""So that whatever an operation holds, one sheet is enough; what is left out is counted on it."""

_SURETY = {"clearly": "clearly", "probably": "probably", "not_told_apart": "cannot be told from chance"}


def page_policy() -> str:
    """The content policy under which the page may be shown: its own style, and nothing else at all."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"


def write_impact_page(result: Impact, head: Mapping[str, str], path: Path) -> int:
    """Write the page; gives how many methods stand on it. head: that of a sheet, in words."""
    path.write_text(impact_page(result, head), encoding="utf-8", newline="\n")
    return len(result.methods)


def impact_page(result: Impact, head: Mapping[str, str]) -> str:
    """The whole page as HTML."""
    title = str(result.operation["title"])
    body = "".join(
        (
            _heading(result, head),
            f'<section class="wide"><h2>{escape(result.measure["title"])}, events a month</h2>'
            f"<p>{escape(_picture_words(result))}</p>{drawing(result)}</section>",
            f'<div class="two"><section><h2>By each method</h2>{_methods(result)}</section>',
            f"<section><h2>{escape(_robust_title(result))}</h2>{_others(result)}</section></div>",
            f'<div class="two"><section><h2>How like the controls are</h2>{_controls(result)}</section>',
            f"<section><h2>Measures, stamped before results</h2>{_measures(result)}{_mind(result)}",
            "</section></div>",
            _foot(result, head),
        )
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · impact</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _heading(result: Impact, head: Mapping[str, str]) -> str:
    operation = result.operation
    phases = ", ".join(f"{each['phase']} from {_day(each['starts'])}" for each in operation["phases"])
    cost = f"£{operation['cost']:,.0f}" if operation["cost"] is not None else ""
    about = " · ".join(
        filter(None, (phases[:1].upper() + phases[1:], _partners(operation["partners"]), cost))
    )
    told = " ".join(filter(None, (result.displacement, result.harm)))
    return (
        f'<header><p class="mark">{escape(head.get("Marking", ""))}</p>'
        f'<p class="kind">Impact report, one page</p></header>'
        f'<p class="crumb"><b>{escape(operation["title"])}</b> · {escape(about)}</p>'
        f"<h1><b>{escape(result.sentence.sure)}</b> {escape(result.sentence.rest)}</h1>"
        f'<p class="told">{escape(told)}</p>'
    )


def _partners(names: Sequence[str]) -> str:
    more = len(names) - _MOST_PARTNERS
    return ", ".join(names[:_MOST_PARTNERS]) + (f" and {more} more" if more > 0 else "")


def _picture_words(result: Impact) -> str:
    chosen = sum(each.chosen for each in result.controls)
    windows = result.windows
    where = f"{len(result.treated):,} {result.by['plural' if len(result.treated) != 1 else 'title'].lower()}"
    return (
        f"Whole line: {where}. Dashed, with its 95% band: expected from {chosen} like"
        f" {'ones' if chosen != 1 else 'one'}. {windows['after_months']} months from"
        f" {_day(windows['after_starts'])} beside {windows['before_months']} before. {result.power}"
    )


def _methods(result: Impact) -> str:
    rows = [*result.methods, *(each.change for each in result.rings)]
    rows += [result.together] if result.together else []
    told = [(_method(each), *_figures(each), _words(each)) for each in rows]
    told.append(("Harm score, points", *_points(result.harm_figure), _words(result.harm_figure, harm=True)))
    return _table(("Method", "Change", "95% range", "How sure"), told)


def _method(found: Figure) -> str:
    # The rank among placebos says how sure a synthetic control is; other notes stand on the page.
    ranks = found.note.partition(" of areas")[0] if found.note.startswith("ranks") else ""
    return f"{found.title}, {ranks}" if ranks else found.title


def _robust_title(result: Impact) -> str:
    turned = sum(each.turns for each in result.others)
    if not result.others:
        return "Other choices"
    if not turned:
        return "No other choice turns the sign"
    return f"{turned} other {'choice turns' if turned == 1 else 'choices turn'} the sign"


def _others(result: Impact) -> str:
    # Those that turn the sign first: none of them may be among those that do not fit.
    rows = sorted(result.others, key=lambda each: (not each.turns, each.of != "events"))
    told = [
        (
            _cut(f"{each.name[:1].upper()}{each.name[1:]}{', points' if each.of == 'points' else ''}"),
            *(_points(each) if each.of == "points" else _figures(each)),
            "turns" if each.turns else "holds",
        )
        for each in rows[:_MOST_OTHERS]
    ]
    return _table(("Asked otherwise", "Change", "95% range", "Sign"), told) + _more(
        len(rows), _MOST_OTHERS, "choices"
    )


def _controls(result: Impact) -> str:
    rows = [each for each in result.controls if each.chosen]
    rows.sort(key=lambda each: (each.distance is None, each.distance or 0.0))
    if not rows:
        return "<p>No area is like these: there is no control.</p>"
    told = [
        (
            _cut(each.name),
            f"{each.events_a_month:,.1f}",
            *(_unlike(part) for part in (each.level, each.trend, each.season, each.mix)),
        )
        for each in rows[:_MOST_CONTROLS]
    ]
    vetoed = [f"{each.name} ({each.vetoed})" for each in result.controls if each.vetoed]
    left = [f"{each.title} ({each.areas} areas)" for each in result.elsewhere]
    apart = f"Before, the two agree to within {result.fit:,.1f} a month." if result.fit is not None else ""
    notes = [
        "Unlikeness; 0 cannot be told from alike, – is where too few events tell.",
        result.likeness,
        apart,
        f"Turned down: {', '.join(vetoed)}." if vetoed else "",
        f"Left out: {', '.join(left)}." if left else "",
    ]
    return (
        _table(("Control", "A month", "Level", "Trend", "Season", "Mix"), told)
        + _more(len(rows), _MOST_CONTROLS, "controls")
        + f"<p>{escape(' '.join(filter(None, notes)))}</p>"
    )


def _unlike(part: float | None) -> str:
    return "–" if part is None else f"{part:.2f}"


def _measures(result: Impact) -> str:
    rows = result.operation["measures"]
    told = [
        (_cut(each["title"]), _stamp(each["chosen"]), "added after" if each["added_after"] else "not seen")
        for each in rows[:_MOST_MEASURES]
    ]
    if not told:
        return "<p>No measure was chosen before: read what is told here as a lead, not as a test.</p>"
    return _table(("Measure", "Stamped", "Results"), told) + _more(len(rows), _MOST_MEASURES, "measures")


def _mind(result: Impact) -> str:
    said = [f"<p>{escape(each)}</p>" for each in result.warnings[:_MOST_WARNINGS]]
    if result.anyway:
        told = result.anyway
        said.append(
            f"<p>With nothing done, {told.expected_next:,.0f} ({told.lo:,.0f}–{told.hi:,.0f}) events would be"
            f" expected in the year after; the year before had {told.last:,.0f}.</p>"
        )
    more = _more(len(result.warnings), _MOST_WARNINGS, "cautions")
    return f"<h2>What this cannot say</h2>{''.join(said)}{more}"


def _foot(result: Impact, head: Mapping[str, str]) -> str:
    used = [each for each in result.months if each.used and each.events is not None]
    before, after = (
        sum(each.events or 0 for each in used if each.side == side) for side in ("before", "after")
    )
    rows = f"{before:,} events before and {after:,} after in these areas"
    named = {"Rows": rows, **{name: head[name] for name in _RECEIPT if name in head}}
    told = "; ".join(f"<b>{escape(name)}</b> {escape(value)}" for name, value in named.items())
    return (
        f'<footer><p>{told}</p><p class="mark">{escape(head.get("Marking", ""))}</p>'
        f'<p class="kind">Page 1 of 1</p></footer>'
    )


_RECEIPT = (
    "Selection",
    "As known at",
    "Snapshot",
    "Weights",
    "Configuration",
    "Program",
    "Receipt",
    "Result",
)


def _figures(found: Any) -> tuple[str, str]:
    if found.estimate != found.estimate:
        return "–", "nothing can be told"
    return more_or_fewer(found.estimate), span(found.lo, found.hi)


def _points(found: Any) -> tuple[str, str]:
    if found.estimate != found.estimate:
        return "–", "nothing can be told"
    return signed(found.estimate), f"{signed(found.lo)} to {signed(found.hi)}"


def _words(found: Figure, *, harm: bool = False) -> str:
    if found.estimate != found.estimate or found.surety == "not_told_apart":
        return "cannot be told from chance" if found.estimate == found.estimate else ""
    less, more = ("lower", "higher") if harm else ("fewer", "more")
    return f"{_SURETY[found.surety]} {less if found.estimate < 0 else more}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; its first column names the row, figures stand to the right, words to the left."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _more(there: int, shown: int, what: str) -> str:
    return (
        f"<p>Not all fit: {there - shown} of {there} {what} stand on its page alone.</p>"
        if there > shown
        else ""
    )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _day(day: Any) -> str:
    found = day if isinstance(day, date) else date.fromisoformat(str(day)[:10])
    return f"{found.day} {found:%b %Y}"


def _stamp(moment: Any) -> str:
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return f"{found.day} {found:%b %Y %H:%M}"


STYLE = """
@page{size:A4;margin:10mm 13mm}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#000;font:8.6pt/11.4pt Archivo,"Segoe UI",Arial,sans-serif}
main{max-width:184mm;margin:0 auto}
@media screen{main{padding:11mm 0}}
header,footer{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline}
p{margin:0}
.mark{font-weight:700;letter-spacing:.02em}
.kind{color:#333}
.crumb{margin:3mm 0 .5mm}
h1{font:400 16.5pt/20pt Newsreader,Georgia,serif;margin:0 0 1.5mm}
.told{font-size:9.4pt;line-height:12.4pt}
h2{font:600 11pt/13.5pt Newsreader,Georgia,serif;margin:2.5mm 0 .5mm;border-top:1.2pt solid #000;
  padding-top:1mm}
section h2+p{color:#333}
.two{display:grid;grid-template-columns:minmax(0,1.07fr) minmax(0,1fr);gap:0 6mm}
svg{display:block;width:100%;height:auto;margin-top:1.5mm}
table{width:100%;border-collapse:collapse;font-size:7.5pt;line-height:9.2pt}
th{text-align:left;font-weight:400;vertical-align:bottom}
thead th{color:#333;border-bottom:.8pt solid #000;padding-bottom:.5mm}
thead th+th,td{text-align:right}
td:nth-child(2){font-weight:700}
td:nth-child(2),td:nth-child(3){white-space:nowrap}
.wide p{max-width:none}
tbody th,td{border-bottom:.4pt solid #999;padding:.4mm 0;vertical-align:baseline}
td{padding-left:2mm}
section p{font-size:7.5pt;line-height:9.2pt;margin-top:.6mm}
footer{margin-top:3mm;border-top:.4pt solid #555;padding-top:1mm;font-size:6.6pt;line-height:8.2pt}
footer p:first-child{flex:0 0 100%;margin-bottom:1mm;overflow-wrap:anywhere}
"""

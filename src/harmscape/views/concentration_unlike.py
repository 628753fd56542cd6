"""What makes two periods unlike: changes of recording between them, unusual spans such as a lockdown."""

from __future__ import annotations

from harmscape.model.period import Period
from harmscape.views.past import recording_changes
from harmscape.views.question import Question
from harmscape.views.words import span_name


def unlike(question: Question, against: Period) -> list[str]:
    """What must be said beside a comparison of the window's pattern with that of `against`."""
    window, said = question.selection.period, []
    for change in recording_changes(question, question.measure):
        if change.ends is None:
            first, last = min(window.starts, against.starts), max(window.ends, against.ends)
            if first < change.starts < last:
                said.append(
                    f"{change.title} ({span_name(change.starts, None)}): the two are not recorded alike."
                )
            continue
        touched = [
            name
            for name, period in (("the period compared with", against), ("the window", window))
            if change.overlaps(period)
        ]
        if touched:
            verb = "lies" if len(touched) == 1 else "lie"
            when = span_name(change.starts, change.ends)
            said.append(
                f"{change.title} ({when}): {' and '.join(touched)} {verb} in it,"
                " at least in part, so a pattern that moved is consistent with a return to what is usual."
            )
    return said

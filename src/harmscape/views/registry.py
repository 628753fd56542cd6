"""The views by name: registered here once, they appear on the command line, over HTTP and in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harmscape.views.changed import changed
from harmscape.views.chart import chart
from harmscape.views.choices import choices
from harmscape.views.classes_view import classes_view
from harmscape.views.clusters_view import clusters_view
from harmscape.views.cohort_impact import cohort_impact
from harmscape.views.compare import OPTIONS as COMPARED
from harmscape.views.compare import compare
from harmscape.views.concentration_shift import shift_view
from harmscape.views.concentration_surface import surface_view
from harmscape.views.concentration_view import concentration_view
from harmscape.views.data_health import data_health
from harmscape.views.density import density
from harmscape.views.double_counts import double_counts
from harmscape.views.drilldown import drilldown
from harmscape.views.family_profile import family_profile
from harmscape.views.figures import figures
from harmscape.views.find import find
from harmscape.views.forecast_view import forecast
from harmscape.views.funnel_view import funnel_view
from harmscape.views.group_profile import group_profile
from harmscape.views.hours import week
from harmscape.views.impact import impact
from harmscape.views.marks import marks
from harmscape.views.near_repeat_view import near_repeat_view
from harmscape.views.place_profile import place_profile
from harmscape.views.recent import recent
from harmscape.views.result import Result
from harmscape.views.scheme_view import scheme_view
from harmscape.views.sector_overview import sector_overview
from harmscape.views.services import services
from harmscape.views.stability_view import stability_view
from harmscape.views.task_power import task_power
from harmscape.views.theme_view import theme_view


@dataclass(frozen=True, slots=True)
class View:
    """One question people ask: its short name, what it answers, and what besides a selection it takes."""

    name: str
    title: str
    answer: Callable[..., Result]
    options: tuple[str, ...] = ()


VIEWS: Mapping[str, View] = {
    view.name: view
    for view in (
        View("rank", "Where is the harm? Every area in its standing.", sector_overview, ("months",)),
        View("place", "What is this place like? One area's profile.", place_profile),
        View("hours", "When does it happen? Events by weekday and hour.", week),
        View(
            "rows",
            "Which rows make this figure?",
            drilldown,
            ("sort", "descending", "offset", "limit", "search", "point"),
        ),
        View("changed", "What moved? Every area and measure beside its own past.", changed),
        View("compare", "Do these two differ? Two periods, two areas or two selections.", compare, COMPARED),
        View("chart", "Is it steady? Months or quarters with their control limits.", chart),
        View("classes", "Always high, newly high, no longer high? Areas quarter by quarter.", classes_view),
        View("funnel", "For its size, is it further out than chance puts it?", funnel_view, ("basis",)),
        View("forecast", "How much is to come? The next year and four years on, tested.", forecast),
        View("health", "Can these figures be trusted? What came and what is missing.", data_health),
        View("stability", "Would another judgement say the same? Every other scheme beside.", stability_view),
        View("theme", "What does this theme come to? Each of its measures.", theme_view, ("theme",)),
        View("group", "Who is this group? Members, roles, areas, figures.", group_profile, ("geography",)),
        View(
            "family",
            "What is known of this family, by whom, and what did nobody ask?",
            family_profile,
        ),
        View(
            "double_counts",
            "Might several sources tell of one happening?",
            double_counts,
            ("metres", "hours", "offset", "limit"),
        ),
        View("choices", "What else could be chosen, and what would it come to?", choices, ("fields",)),
        View("recent", "Is there more of it lately? The last days beside the year before.", recent),
        View("marks", "Where exactly did it happen? Events as marks on the map.", marks, ("bounds", "homes")),
        View(
            "density",
            "Where is it dense, whatever the boundaries? Events in equal cells.",
            density,
            ("cells",),
        ),
        View(
            "figures",
            "What is known of the areas besides events? Residents, deprivation ...",
            figures,
            ("figure",),
        ),
        View("services", "What is there for those who need it? Places people go to.", services),
        View(
            "cohort",
            "Did it help those referred? People beside others who were referred later.",
            cohort_impact,
            ("source", "only"),
        ),
        View("power", "Could a change be seen here at all?", task_power),
        View(
            "impact",
            "Did it work, and did harm move next door? An operation beside like places.",
            impact,
            (
                "operation",
                "method",
                "controls",
                "buffer",
                "veto",
                "months_before",
                "as_registered",
            ),
        ),
        View(
            "concentration",
            "Is the harm in few places or in many, and is that beyond chance?",
            concentration_view,
            ("places",),
        ),
        View(
            "surface",
            "Where is the heart of it, whatever the borders? A smooth surface, and beside another.",
            surface_view,
            ("bandwidth", "what"),
        ),
        View("shift", "Is it in the same places as before, whatever its level?", shift_view),
        View(
            "near_repeats",
            "Does one event make another near by soon after more likely?",
            near_repeat_view,
            ("metres", "days"),
        ),
        View(
            "clusters",
            "Is this cluster in time more than bad luck? Of deaths, say.",
            clusters_view,
            ("days",),
        ),
        View("weights", "What is each thing worth, says who?", scheme_view),
        View(
            "find",
            "What is of that name? Areas, groups, themes, measures, operations.",
            find,
            ("search", "as_registered"),
        ),
    )
}

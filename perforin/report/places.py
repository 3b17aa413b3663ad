"""What the report says of places: fields with the cells over them, who lacks oxygen, where the T cells are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import hypoxia as oxygen_reading
from perforin.analysis import infiltration as infiltration_reading
from perforin.analysis import neighbourhood as neighbourhood_reading
from perforin.analysis import vicinity as vicinity_reading
from perforin.analysis import wording as say
from perforin.plots import hypoxia, neighbourhood, vicinity
from perforin.plots import maps as plots_of_fields
from perforin.report import pictures
from perforin.report.html import Html, picture, tag

if TYPE_CHECKING:
    from perforin.results.run import RunData

BAND = (
    "Shaded: the 95\u00a0% interval of counting so few cells. Dotted: the same T cells spread evenly inside."
)


def maps(run: RunData, day: float) -> Html:
    """Every recorded field of a day with the cells over it; nothing where oxygen, which has its slices, is alone."""
    if set(run.field_names) <= {"oxygen"} or not run.field_days:
        return Html("")
    names = ", ".join(run.field_names)
    return picture(
        pictures.embed(plots_of_fields.sheet(run, day)),
        f"Slices on {say.moment(day)}: cells as dots over {names}.",
        f"The fields on {say.moment(day)} in the plane of the slices, each on the scale of that day, with the cells of "
        "a section 20\u00a0\u00b5m thick. Dots are not to scale: T cells are drawn larger and all others smaller than "
        "they are.",
        "wide",
    )


def around(run: RunData, day: float) -> Html:
    """Hypoxia over time, and who lies beside whom on a day."""
    return tag("div", _hypoxia(run), _neighbourhood(run, day), class_="pair")


def of_attack(run: RunData) -> list[Html]:
    """Infiltration over time, and how dense the T cells are by the tumour's edge and by vessels where it has them."""
    return [_infiltration(run), *_vicinities(run)]


def _hypoxia(run: RunData) -> Html:
    found = oxygen_reading.course(run)
    if not found.day.size:
        return Html("")
    hypoxic, severe = (say.percent(100 * share) for share in found.share[-1])
    low, lower = oxygen_reading.BORDERS
    said = (
        f"On {say.moment(found.day[-1])} {hypoxic} of the living tumour cells have less than {low:g} mmHg and {severe} "
        f"less than {lower:g} mmHg; their median is {say.figure(found.median[-1])} mmHg."
    )
    return picture(
        pictures.draw(hypoxia.hypoxia, run),
        f"Share of living tumour cells short of oxygen over time. {said}",
        f"Tumour cells short of oxygen, by the two borders at which electrodes are read in patients. {said}",
    )


def _neighbourhood(run: RunData, day: float) -> Html:
    if len(neighbourhood_reading.neighbourhood(run, day).kinds) < 2:
        return Html("")
    reach = f"{neighbourhood_reading.REACH:g}\u00a0\u00b5m"
    return picture(
        pictures.draw(neighbourhood.neighbourhood, run, day),
        f"Who lies within {reach} of whom on {say.moment(day)}, against chance.",
        f"Living cells within {reach} of each other on {say.moment(day)}, over what dealing the kinds out at random "
        "over the same places would give. Cells that stay where they are born lie among their like without any "
        "attraction.",
    )


def _infiltration(run: RunData) -> Html:
    found = infiltration_reading.course(run)
    if not found.day.size:
        return Html("")
    reach = f"{infiltration_reading.REACH:g}\u00a0\u00b5m"
    said = f"On {say.moment(found.day[-1])} {say.percent(100 * found.share[-1])} of those left."
    return picture(
        pictures.draw(hypoxia.infiltration, run),
        f"Share of living tumour cells with a T cell within {reach} over time. {said}",
        f"Infiltrated: living tumour cells with a living T cell within {reach}. {said}",
    )


def _vicinities(run: RunData) -> list[Html]:
    if not run.snapshot_days:
        return []
    day = vicinity.fullest(run)
    drawn = []
    for figure, read, of_what in (
        (vicinity.by_edge, vicinity_reading.from_edge, "depth below the tumour's edge"),
        (vicinity.by_vessel, vicinity_reading.from_vessel, "distance from the nearest open vessel"),
    ):
        found = read(run, day)
        if found is not None and found.count.sum():
            said = (
                f"T cells per volume against {of_what}, on the recorded day with most of them and at the end."
            )
            drawn.append(picture(pictures.draw(figure, run), said, f"{said} {BAND}"))
    return drawn

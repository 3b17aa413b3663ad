"""The sections below the first screen: tissue, attack, antigen, comparison, departures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import antigen as antigen_reading
from perforin.analysis import published as published_reading
from perforin.analysis import spatial, tables
from perforin.analysis import wording as say
from perforin.plots import antigen, killing, palette, panels, penetration, published, radial, t_cells
from perforin.report import departures, pictures
from perforin.report.html import Html, join, paragraph, picture, section, table, tag, with_links
from perforin.report.moments import busiest, moments

if TYPE_CHECKING:
    from perforin.results.run import RunData


def tissue(run: RunData) -> Html:
    """The tissue over time: cut open, sliced by type and by antigen, and from the centre out."""
    days = moments(run)
    if not days:
        return Html("")
    when = ", ".join(say.moment(day) for day in days)
    views = picture(
        pictures.embed(panels.views(run, days)),
        f"The tissue in three dimensions on {when}, an eighth cut away.",
        "The dish from one corner, the eighth towards the reader cut away; the same scale on every day.",
        "wide",
    )
    slices = picture(
        pictures.embed(panels.slices(run, days)),
        f"Slices through the middle of the tissue on {when}: cells by type and by antigen level over oxygen.",
        "The plane through the tumour\u2019s centre, from which x and y are counted. Above, cells by type; "
        "below, tumour cells by antigen level. "
        "Behind them the oxygen field, with lines of equal oxygen.",
        "wide",
    )
    busy = busiest(run)
    profiles = tag(
        "div",
        picture(
            pictures.draw(radial.radial_oxygen, run),
            "Mean oxygen against distance from the tumour's centre.",
            f"Oxygen at the living cells from the centre out. {_hypoxia(run, days)}",
        ),
        picture(
            pictures.draw(radial.radial_types, run, busy),
            f"Shares of tumour cells, T cells and dead cells against distance from the centre on {say.moment(busy)}.",
            "Who stands where on the recorded day with most T cells at work."
            if tables.was_attacked(run)
            else "Who stands where at the end.",
        ),
        class_="pair",
    )
    return section("The tissue", legend(run, days), views, slices, profiles, id="tissue")


def legend(run: RunData, days: list[float]) -> Html:
    """The colours that occur, with their names."""
    from perforin.plots import visible

    items = (
        tag(
            "li",
            Html(f'<i style="background:{palette.TISSUE_COLOURS[key]}"></i>'),
            palette.TISSUE_LABELS[key],
        )
        for key in visible.present(run, days)
    )
    return tag("ul", *items, class_="legend", aria_label="Colours of the cells")


def _hypoxia(run: RunData, days: list[float]) -> str:
    parts = [
        f"{say.percent(100 * spatial.hypoxic_share(run, run.cells(day)))} on {say.moment(day)}"
        for day in dict.fromkeys([days[0], days[-1]])
    ]
    return f"Tumour cells below {spatial.HYPOXIC:g} mmHg of oxygen: {', '.join(parts)}."


def attack(run: RunData) -> Html:
    """T cells, killing, odds, killing per T cell and penetration; one sentence for an untreated run."""
    if not tables.was_attacked(run):
        return section("The attack", paragraph("No T cell was in the dish."), id="attack")
    figures = (
        (
            t_cells.t_cells,
            "Living T cells and those holding a tumour cell, over time.",
            "T cells alive, and holding.",
        ),
        (killing.killing, "Tumour cells killed so far, over time.", "Tumour cells killed so far."),
        (killing.effector_to_target, "T cells per tumour cell over time.", "Effector-to-target ratio."),
        (killing.kills_per_t_cell, "Kills per T cell per day.", "Kills per T cell per day, daily means."),
        (penetration.penetration, "Penetration depth and tumour radius over time.", _PENETRATION),
    )
    drawn = (picture(pictures.draw(figure, run), alt, caption) for figure, alt, caption in figures)
    return section("The attack", tag("div", *drawn, _antigen(run), class_="pair"), id="attack")


_PENETRATION = "Mean depth below the surface of the T cells inside the tumour, next to its radius."


def _antigen(run: RunData) -> Html:
    pair = antigen_reading.before_and_after(run)
    if pair is None:
        return Html("")
    before, after = pair
    caption = (
        f"Antigen of the living tumour cells before and after: mean {say.figure(before.mean)} and "
        f"{say.figure(after.mean)}, antigen-negative {say.percent(100 * before.negative_share)} and "
        f"{say.percent(100 * after.negative_share)}."
    )
    return picture(pictures.draw(antigen.antigen, run), caption, caption)


def untreated_antigen(run: RunData) -> Html:
    """The antigen of an untreated tumour, which drifts by growth alone."""
    if tables.was_attacked(run):
        return Html("")
    figure = _antigen(run)
    if not figure:
        return Html("")
    return section("Antigen", tag("div", figure, class_="pair"), id="antigen")


def comparison(run: RunData) -> Html:
    """The published points next to the simulated ones; nothing where the scenario carries none."""
    rows = published_reading.compare(run)
    if rows.empty:
        return Html("")
    blocks = [_compared(run, quantity) for quantity in published_reading.quantities(run)]
    other = sorted(set(rows["quantity"]) - set(published_reading.quantities(run)))
    unknown = (
        f"This run did not record {', '.join(other)}, for which there are published values." if other else ""
    )
    note = (
        "One run is one draw of luck, and so may the published one be: agreement is judged over seeds, "
        "by perforin validate, not by this page."
    )
    return section(
        "Against the published curve", *blocks, paragraph(unknown) if unknown else "", paragraph(note, class_="fine"),
        id="published",
    )  # fmt: skip


def _compared(run: RunData, quantity: str) -> Html:
    rows = published_reading.compare(run)
    rows = rows[rows["quantity"] == quantity]
    reached = rows[rows["simulated"].notna()]
    label, digits = published.label(quantity), 0 if rows["published"].abs().max() >= 100 else 2
    lines = [
        (f"{day:g}", f"{measured:,.{digits}f}", f"{simulated:,.{digits}f}", say.figure(ratio))
        for day, measured, simulated, ratio in reached[["day", "published", "simulated", "ratio"]].to_numpy(
            float
        )
    ]
    sources = published_reading.sources(run, quantity)
    missing = len(rows) - len(reached)
    words = [join(["Published: ", join((with_links(source) for source in sources), "; "), "."])]
    if missing:
        words.append(
            Html(f" {missing} later point{'s' if missing > 1 else ''} lie beyond the end of this run.")
        )
    figure = picture(
        pictures.draw(published.published, run, quantity),
        f"{label}: simulated line and published points.",
        join(words),
    )
    body = table(("Day", "Published", "Simulated", "Ratio"), lines, numeric=(0, 1, 2, 3), caption=label)
    return tag("div", figure, body if lines else "", class_="split")


def departed(run: RunData) -> Html:
    """The departures of a replication, named; nothing for a scenario on the default laws."""
    found = departures.departures(run)
    if not found:
        return Html("")
    items = [
        tag("li", tag("strong", title), " ", tag("code", key), paragraph(effect))
        for key, title, effect in found
    ]
    uptake = departures.calibrated_uptake(run)
    if uptake is not None:
        title, effect = departures.OXYGEN
        used = say.figure(float(uptake["value"])) + f" {uptake['unit']}"
        items.append(tag("li", tag("strong", title), " ", tag("code", used), paragraph(effect)))
    lead = "This scenario replicates a published model, so it follows that model where the two differ:"
    return section(
        "Departures of the replication", paragraph(lead), tag("ul", *items, class_="departures"), id="law"
    )

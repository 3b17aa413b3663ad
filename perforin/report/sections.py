"""The sections below the first screen: tissue, attack, antigen, comparison, departures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import antigen as antigen_reading
from perforin.analysis import antigen_classes as antigen_classes_reading
from perforin.analysis import binders, spatial, tables
from perforin.analysis import published as published_reading
from perforin.analysis import wording as say
from perforin.analysis.lesion import piece
from perforin.plots import (
    antigen,
    antigen_classes,
    killing,
    palette,
    panels,
    penetration,
    published,
    radial,
    t_cells,
)
from perforin.report import departures, pictures, places, tissue_words
from perforin.report.html import Html, join, paragraph, picture, section, table, tag, with_links
from perforin.report.moments import busiest, moments

if TYPE_CHECKING:
    from perforin.results.run import RunData


def tissue(run: RunData) -> Html:
    """The tissue over time: cut open, sliced, and from the centre out or from the surface down."""
    days = moments(run)
    if not days:
        return Html("")
    words = tissue_words.of(run)
    when = ", ".join(say.moment(day) for day in days)
    views = picture(
        pictures.embed(panels.views(run, days)),
        f"The tissue in three dimensions on {when}, an eighth cut away.",
        words.views,
        "wide",
    )
    slices = picture(
        pictures.embed(panels.slices(run, days)), words.slices_alt.format(when=when), words.slices, "wide"
    )
    busy = busiest(run)
    return section(
        "The tissue",
        legend(run, days),
        views,
        slices,
        Html("") if run.meta.get("block") else _profiles(run, days, busy),
        places.maps(run, busy),
        places.around(run, busy),
        id="tissue",
    )


def _profiles(run: RunData, days: list[float], busy: float) -> Html:
    """Oxygen and kinds of cells from the centre out or from the surface down: a block has neither."""
    words = tissue_words.of(run)
    who = (
        "Who stands where on the recorded day with most T cells at work."
        if tables.was_attacked(run)
        else "Who stands where at the end."
    )
    return tag(
        "div",
        picture(
            pictures.draw(radial.radial_oxygen, run),
            words.oxygen_alt,
            f"{words.oxygen} {_hypoxia(run, days)}",
        ),
        picture(
            pictures.draw(radial.radial_types, run, busy),
            words.types_alt.format(day=say.moment(busy)),
            " ".join(filter(None, (who, words.types))),
        ),
        class_="pair",
    )


def legend(run: RunData, days: list[float]) -> Html:
    """The colours that occur, with their names."""
    from perforin.plots import visible

    named = visible.labels(run)
    items = (
        tag(
            "li",
            Html(f'<i style="background:{palette.TISSUE_COLOURS[key]}"></i>'),
            named[key],
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
        where = piece(run) or "dish"
        return section("The attack", paragraph(f"No T cell was in the {where}."), id="attack")
    words = tissue_words.of(run)
    figures = (
        (
            t_cells.t_cells,
            "Living T cells and those holding a tumour cell, over time.",
            "T cells alive, and holding.",
        ),
        (killing.killing, "Tumour cells killed so far, over time.", "Tumour cells killed so far."),
        (killing.effector_to_target, "T cells per tumour cell over time.", "Effector-to-target ratio."),
        (killing.kills_per_t_cell, "Kills per T cell per day.", "Kills per T cell per day, daily means."),
    )
    if not run.meta.get("block"):  # which has no surface
        figures += ((penetration.penetration, words.penetration_alt, words.penetration),)
    drawn = (picture(pictures.draw(figure, run), alt, caption) for figure, alt, caption in figures)
    return section(
        "The attack", tag("div", *drawn, *places.of_attack(run), _antigen(run), class_="pair"), id="attack"
    )


def _antigen(run: RunData) -> Html:
    """The antigen before and after; of a product with two binders both antigens, and their classes over time."""
    pair = antigen_reading.before_and_after(run)
    if pair is None:
        return Html("")
    before, after = pair
    two = binders.pair(run)
    if two is not None:
        return _two_antigens(run, two)
    caption = (
        f"Antigen of the living tumour cells before and after: mean {say.figure(before.mean)} and "
        f"{say.figure(after.mean)}, antigen-negative {say.percent(100 * before.negative_share)} and "
        f"{say.percent(100 * after.negative_share)}."
    )
    return picture(pictures.draw(antigen.antigen, run), caption, caption)


def _two_antigens(run: RunData, two: tuple[binders.Binder, binders.Binder]) -> Html:
    last = say.moment(run.snapshot_days[-1])
    needed = " and ".join(
        f"{say.count(binder.least)} of {binder.antigen} for {binder.name}" for binder in two
    )
    shares = antigen_classes_reading.census(run).share
    names = antigen_classes_reading.names(run)
    said = "; ".join(
        f"{name} {say.percent(100 * shares[0, k])} and {say.percent(100 * shares[-1, k])}"
        for k, name in names.items()
    )
    plane = picture(
        pictures.draw(antigen.antigen, run),
        f"Copies of two antigens on each living tumour cell on {last}; a binder sees it from {needed}.",
        f"Each dot is a living tumour cell on {last}, moved a little so that equal cells do not hide each other. "
        f"Dotted: the copies from which a binder sees a cell, {needed}. Shares: first and last snapshot.",
    )
    classes = picture(
        pictures.draw(antigen_classes.antigen_classes, run),
        f"Living tumour cells by the binders that see them, over time. First and last snapshot: {said}.",
        f"Living tumour cells by which binder sees them. First and last snapshot: {said}.",
    )
    return join([plane, classes])


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

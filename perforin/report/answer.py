"""The first screen: what was asked, what came out, and how far to trust that it ended well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perforin.analysis import survivors as reading
from perforin.analysis import tables
from perforin.analysis import wording as say
from perforin.analysis.lesion import piece
from perforin.analysis.summary import Summary, summary
from perforin.plots.burden import burden
from perforin.plots.survivors import survivors
from perforin.report import pictures
from perforin.report.asked import asked
from perforin.report.html import Html, join, paragraph, picture, tag

if TYPE_CHECKING:
    from perforin.results.run import RunData


def opening(run: RunData) -> Html:
    """Title, question and, where the run did not end as asked, a plain word about it."""
    meta = run.meta
    title = tag("h1", meta.get("name") or run.path.name)
    about = meta.get("summary")
    return tag(
        "header",
        paragraph("Perforin run report", class_="eyebrow"),
        title,
        paragraph(about, class_="about") if about else "",
        paragraph(asked(run), class_="lede"),
        state(run),
    )


def state(run: RunData) -> Html:
    """What to know before reading on, for a run that is not done; nothing for one that is."""
    status, reached = run.status, say.moment(float(run.meta.get("days") or 0.0))
    if status == "done":
        return Html("")
    wanted = say.span(float(run.meta.get("days_asked") or 0.0))
    stops = run.meta.get("stops") or []
    last = stops[-1] if stops else {}
    reason = last.get("reason") if isinstance(last, dict) else last
    words = {
        "stopped": f"This run was stopped on {reached}, of {wanted} asked.",
        "failed": f"This run failed after {reached}, of {wanted} asked.",
        "running": f"This run is still going: it has reached {reached} of {wanted}.",
    }.get(status, f"This run is in the state {status}, on {reached} of {wanted}.")
    because = f" Reason: {reason}." if reason else ""
    rest = " Everything below covers only the time before."
    return tag("p", tag("strong", words), because, rest, class_="banner", role="status")


def answer(run: RunData) -> Html:
    """Headline, the numbers, the burden curve and why the survivors survived."""
    if not tables.column(run, "tumour_cells").size:
        return tag("section", tag("h2", "Nothing was recorded yet"), paragraph("There is nothing to show."))
    found = summary(run)
    return tag(
        "section",
        paragraph(found.headline, class_="headline"),
        paragraph(found.caveat, class_="caveat") if found.caveat else "",
        tag("p", " ".join(found.sentences)) if found.sentences else "",
        numbers(found),
        tag("div", _burden(run, found), _survivors(run, found), class_="split"),
        id="answer",
        aria_label="The answer",
    )


def numbers(found: Summary) -> Html:
    """The numbers of the summary as a strip."""
    return tag(
        "dl",
        *(
            tag("div", tag("dt", n.label), tag("dd", n.text, tag("small", n.note) if n.note else ""))
            for n in found.numbers
        ),
        class_="numbers",
    )


def _burden(run: RunData, found: Summary) -> Html:
    alt = f"Living tumour cells over time. {found.headline}"
    where = piece(run) or "dish"
    caption = f"Living tumour cells in the {where}."
    if tables.was_attacked(run):
        caption += " The bar at the foot spans the time in which T cells were alive."
    return picture(pictures.draw(burden, run), alt, caption)


def _survivors(run: RunData, found: Summary) -> Html:
    total = sum(found.survivors.values())
    present = [reason for reason in reading.REASONS if found.survivors[reason]]
    words = "; ".join(f"{reading.label(reason)} {say.count(found.survivors[reason])}" for reason in present)
    alt = f"Why the surviving tumour cells survived: {words or 'no tumour cell survived'}."
    meanings = tag(
        "dl",
        *(join([tag("dt", reading.label(reason)), tag("dd", _meaning(run, reason))]) for reason in present),
        class_="meanings",
    )
    return tag(
        "div",
        tag("h2", "Why the survivors survived"),
        picture(pictures.draw(survivors, run), alt),
        meanings if present else "",
        paragraph(_absent(run, present, total), class_="fine"),
        class_="why",
    )


def _meaning(run: RunData, reason: str) -> str:
    if reason == "suppressed":
        by = "; ".join(
            f"{reading.label(brake)} {say.count(n)}" for brake, n in reading.suppressed_by(run).items()
        )
        return reading.MEANING[reason] + (f", most by: {by}." if by else ".")
    if reason != "antigen_negative":
        return reading.MEANING[reason] + "."
    antigen = run.meta.get("antigen", {})
    name, threshold = antigen.get("name") or "antigen", float(antigen.get("threshold") or 0.0)
    if antigen.get("unit") == "copy":
        return (
            f"too little {name} (about {say.count(threshold)} copies are needed): an unbraked contact of 6 h would "
            "kill with a probability under 5 %, so more T cells would hardly help."
        )
    return f"{name} at or below {say.figure(threshold, 2)}, which the CAR does not see: more T cells would not help."


def _absent(run: RunData, present: list[str], total: int) -> str:
    """What the classes mean together: for the line, complete, and how much of it has regrown."""
    if not total or "no_attack" in present:
        return ""
    regrown = reading.regrown_share(run)
    words = (
        f"Contacts are counted for the line since day 0; the classes sum to the {say.count(total)} survivors"
    )
    seen, last = run.snapshot_days[-1], float(tables.column(run, "day")[-1])
    words += "." if seen >= last - 1e-6 else f" of {say.moment(seen)}, the last snapshot."
    if regrown >= 0.1:
        words += f" {say.percent(100 * regrown, 0)} of them were born after the last kill."
    obstacles = ["shut_out_by_stroma"] if tables.column(run, "matrix_mean").size else []
    none = [reading.label(r) for r in (*obstacles, "suppressed") if r not in present]
    return words + (f" None was {' or '.join(none)}." if none else "")

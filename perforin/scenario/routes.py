"""Ways in that are not the usual ones for a tumour: allowed, and said."""

from __future__ import annotations

from perforin.scenario.entries import Tumour
from perforin.scenario.scenario import Scenario


def unusual_routes(scenario: Scenario) -> list[str]:
    """One sentence for each route of a dose that is not among those its tumour names; none where it names none."""
    name = scenario.description.host.tumour
    tumour = scenario.library.find("tumours", name).entry
    usual = tumour.usual_routes if isinstance(tumour, Tumour) else []
    if not usual:
        return []
    taken = dict.fromkeys(dose.route for dose in scenario.description.dose)
    return [
        f"{route} is not a usual way to {name} (usual: {', '.join(usual)})"
        for route in taken
        if route not in usual
    ]

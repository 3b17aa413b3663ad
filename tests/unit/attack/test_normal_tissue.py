"""A product against an epitope that normal tissue hardly shows: a thousandth does no harm, a hundredth does."""

from dish import plan, walked

NORMAL = (
    "library.tumours.patch.antigens.A.median='50000 copy'",  # EGFR of normal epithelium: 1e4 to 1e5 copies, assumed
    "library.binders.anti-A.epitope='806'",
    "dose.cells=120",
)


def killed(accessible):
    asked = plan(*NORMAL, f"library.antigens.A.epitopes.806.accessible={accessible}")
    return walked(asked, 24).counters["kills"]


def test_a_thousandth_of_the_epitope_does_no_harm_and_a_hundredth_does():
    spared, harmed = killed(0.001), killed(0.01)
    assert spared <= 1  # of 120 cells in a day among as many T cells
    assert harmed > 20

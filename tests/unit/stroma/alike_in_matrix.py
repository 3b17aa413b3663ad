"""The hash of a ball in septa after some steps: a process of its own, for its number of threads."""

from ball import plan
from dish import walked

CHANGES = ("culture.cells=600", "dose.cells=600", "culture.matrix.density=12 mg/mL", "culture.matrix.capsule=80 um",
           "culture.matrix.bath=0.2", "car.remodelling.enzyme=1")  # fmt: skip

if __name__ == "__main__":
    state = walked(plan(*CHANGES, added=('stroma = "septa"',)), 0.6)
    print(state.t_cells.size, state.hash())

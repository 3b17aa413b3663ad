"""The benchmark: what a tissue costs, by cases that a peer can run too."""

"""What halving a step or the grid changes: the convergence study."""

"""Cases of the community: benchmarks that other programs run too, composed from the product's step and laws."""

"""Killing assays without a tissue: who can reach whom is given, contact and damage are the product's own laws."""

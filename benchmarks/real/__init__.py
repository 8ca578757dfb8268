"""The product's method on public sets of people and jobs; see `run.py`."""

"""Programs to run from a checkout: `python -m examples.digits`."""

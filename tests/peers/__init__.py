"""Comparisons with other libraries, which run where these are installed: `make peers`."""

"""A simulated register: a decade of invented people, recorded through the product's own rules, of any size.

Benchmarks run on it, and whoever sizes a machine. Every statement is decided, signed with its officers' keys, verified
and appended as in a real register; only the clock and the people are invented.
"""

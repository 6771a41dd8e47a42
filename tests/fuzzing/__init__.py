"""Requests that nobody thought of, to a bot that runs: as stranger, viewer, operator and administrator.

`python -m tests.fuzzing --seconds 300 --as viewer --seed 7`. Each request is made of seed, role and
number, so it can be made again: `--first 1234 --count 1`.
"""

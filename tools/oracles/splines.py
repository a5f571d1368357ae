#!/usr/bin/env python3
"""Makes test/reference/splines.json: cubic B-spline profiles in exact arithmetic, by the recursion of Cox and de Boor
(C. de Boor 1972, J. Approx. Theory 6, 50) on rational numbers; floats only when written.

Usage, in the repository root: python3 tools/oracles/splines.py

Basis i of N intervals on [0, 1] has the knots i - 3 ... i + 1, in units of 1/N. Smooth profiles have three fixed weights at
the interface (0 for strain, 1 for the Debye-Waller factor), abrupt ones none. zeta is height over thickness.
"""
import json
import random
from fractions import Fraction
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "test" / "reference" / "splines.json"
POINTS = 41


def basis(first, degree, x):
    """B-spline on the integer knots first ... first + degree + 1."""
    if degree == 0:
        return Fraction(first <= x < first + 1)
    rising = (x - first) * basis(first, degree - 1, x)
    falling = (first + degree + 1 - x) * basis(first + 1, degree - 1, x)
    return (rising + falling) / degree


def value(weights, zeta):
    """Sum of all weights at zeta in [0, 1]; the last interval holds its right end, by continuity."""
    intervals = len(weights) - 3
    x = zeta * intervals
    if x == intervals:
        # Mirrored, the end is the beginning.
        return value(weights[::-1], Fraction(0))
    return sum(w * basis(i - 3, 3, x) for i, w in enumerate(weights))


def row(kind, shape, draw, count):
    fixed = [Fraction(1 if kind == "debyeWaller" else 0)] * (3 if shape == "smooth" else 0)
    weights = [Fraction(draw()).limit_denominator(10_000) for _ in range(count)]
    zeta = [Fraction(k, POINTS - 1) for k in range(POINTS)]
    return {
        "kind": f"{kind} {shape}",
        "weights": [float(w) for w in weights],
        "zeta": [float(z) for z in zeta],
        "values": [float(value([*fixed, *weights], z)) for z in zeta],
    }


def main():
    rng = random.Random(20231)
    strain, factor = lambda: rng.uniform(-2, 8), lambda: rng.uniform(0, 1)
    rows = [row("strain", "smooth", strain, count) for count in (1, 3, 10, 30)]
    rows += [row("strain", "abrupt", strain, count) for count in (4, 10, 13)]
    rows += [row("debyeWaller", "smooth", factor, count) for count in (2, 10)]
    rows += [row("debyeWaller", "abrupt", factor, count) for count in (5, 10)]
    OUT.write_text(json.dumps({"source": "tools/oracles/splines.py", "rows": rows}) + "\n")


main()

#!/usr/bin/env python3
"""Makes test/reference/population.json: moments of the training samples of protocol "paper", drawn by a program of its own
(A. Boulle & A. Debelle 2023, Mach. Learn.: Sci. Technol. 4, 015002; docs/datasets.md says in which points the protocol
follows the program that they published).

Needs numpy. Usage, in the repository root: python3 tools/oracles/population.py [samples of each set] (minutes)

For each set: quantiles, means and spreads of the labels (ten weights in %, interface first; alpha; thickness, nm; fwhm,
degrees 2theta; dynamic range, decades), quantiles of each weight over the largest, and mean and spread of log10 of the
normalised curve at some points of its axis.
"""
import json
import sys
from pathlib import Path

import numpy as np

import dynamical

OUT = Path(__file__).resolve().parents[2] / "test" / "reference" / "population.json"
dynamical.REAL, dynamical.COMPLEX = np.float64, np.complex128  # 1e-10 is enough here
ZRO2 = dynamical.Reflection(1.5406, 1.2858375, 136.06243, 223.59852 + 9.38724j, 120.31277 + 9.38724j, 120.31277 + 9.38724j)
BRAGG = float(ZRO2.bragg)
QUANTILES = (5, 25, 50, 75, 95)
AXIS_INDICES = 41
#: thickness (nm), strain (%), smallest Debye-Waller factor, first, last and points of the axis (%)
SETS = {
    "cnn1": ((50, 1000), (0.2, 8), (0.001, 1), (8, -1, 1001)),
    "cnn2": ((100, 1000), (0.5, 8), (0.05, 1), (8, -1, 1001)),
    "cnn3": ((100, 1000), (0.5, 2), (0.05, 1), (3, -1, 401)),
}


def cubic(u):
    """Cardinal cubic B-spline on the knots 0 ... 4, from its truncated powers."""
    return sum(c * np.maximum(u - i, 0) ** 3 for i, c in enumerate((1, -4, 6, -4, 1))) / 6


def basis(zeta, intervals):
    return np.stack([cubic(zeta * intervals - i + 3) for i in range(intervals + 3)], axis=1)


ZETA = np.linspace(0, 1, 501)
FIT = np.linalg.pinv(basis(ZETA, 10))


def relative_weights(rng):
    """Ten weights, the largest of them about 1."""
    while True:
        peak, (below, above) = rng.uniform(0.3, 1), rng.uniform(0.1, 1, 2)
        shape = np.exp(-4 * np.log(2) * ((ZETA - peak) / np.where(ZETA < peak, below, above)) ** 2)
        if rng.random() < 0.25:
            r, where = rng.random(), rng.integers(3)
            mixed = (ZETA < peak, ZETA >= peak, ZETA >= 0)[where]
            shape = np.where(mixed, (1 - r) * shape + r, shape)
        weights = FIT @ shape * (1 + 0.1 * rng.uniform(-1, 1, 13))
        weights[weights < -0.1] = 0
        weights = np.abs(weights / weights.max())[3:]
        if weights[0] > 0.01 or weights[1] > 0.01:
            return weights


def sample(rng, thickness_range, strain_range, factor_range, axis):
    weights = relative_weights(rng)
    scale = rng.uniform(*strain_range)
    weights = weights * scale
    thickness, fwhm = rng.uniform(*thickness_range), rng.uniform(0.003, 0.1)
    alpha = -np.log(rng.uniform(*factor_range))
    while True:
        counts, background = 10 ** rng.uniform(3, 7), 10 ** rng.uniform(0, 1.7)
        dynamic_range = np.log10(counts / background)
        if 3 <= dynamic_range <= 6:
            break
    slices = max(100, int(np.ceil(thickness / 2)))
    strain = basis((np.arange(slices) + 0.5) / slices, 10) @ np.concatenate([np.zeros(3), weights]) / 100
    top = basis(ZETA, 10) @ np.concatenate([np.zeros(3), weights]) / 100
    factor = np.exp(-alpha * (strain / top.max()) ** 2)
    turn = np.tan(BRAGG)
    before, behind = rng.uniform(0.002, 0.025, 2)
    low = np.round(np.degrees(BRAGG - (scale / 100 + before) * turn), 2)
    high = np.round(np.degrees(BRAGG + behind * turn), 2)
    theta = low + 0.005 * np.arange(int(round((high - low) / 0.005)) + 1)
    curve = dynamical.reflectivity(ZRO2, theta, strain, factor, thickness, deviation="linear")
    reach = int(np.ceil(2 * fwhm / 0.005))
    kernel = np.exp(-4 * np.log(2) * (0.005 * np.arange(-reach, reach + 1) / (fwhm / 2)) ** 2)
    seen = np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    drawn = rng.poisson(counts * seen / seen.max() + background).astype(float)
    drawn[drawn == 0] = drawn[drawn > 0].min()
    # The published axis: exact strain of each angle (%) over d once more.
    of_angle = 100 * (1.5406 / (2 * np.sin(np.radians(theta))) - ZRO2.d) / ZRO2.d**2
    first, last, points = axis
    x = np.linspace(first, last, points)
    smallest = drawn.min()
    on_axis = np.interp(x, of_angle[::-1], drawn[::-1], left=smallest, right=smallest)
    return [*weights, alpha, thickness, fwhm, dynamic_range], np.log10(on_axis / on_axis.max())


def digits(values):
    return [float(f"{v:.5g}") for v in np.asarray(values).ravel()]


def columns(values):
    return [digits(np.percentile(column, QUANTILES)) for column in np.asarray(values).T]


def moments(rng, count, given):
    drawn = [sample(rng, *given) for _ in range(count)]
    labels, curves = np.array([d[0] for d in drawn]), np.array([d[1] for d in drawn])
    weights = labels[:, :10]
    at = np.linspace(0, given[3][2] - 1, AXIS_INDICES).astype(int)
    return {"count": count, "quantiles": QUANTILES, "labels": columns(labels), "labelMean": digits(labels.mean(0)),
            "labelStd": digits(labels.std(0)), "relativeWeights": columns(weights / weights.max(1, keepdims=True)),
            "axisIndex": at.tolist(), "curveMean": digits(curves[:, at].mean(0)), "curveStd": digits(curves[:, at].std(0))}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
    presets = {name: moments(np.random.default_rng(seed), count, given) for seed, (name, given) in enumerate(SETS.items())}
    OUT.write_text(json.dumps({"source": "tools/oracles/population.py", "presets": presets}) + "\n")


main()

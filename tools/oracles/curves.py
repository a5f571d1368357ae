#!/usr/bin/env python3
"""Makes test/reference/curves.json: reflectivities of stacks in all geometries, both forms of the deviation, both
polarisations, symmetric and not, by dynamical.py.

Needs numpy, and test/reference/structure-factors.json. Usage, in the repository root: python3 tools/oracles/curves.py

Slices run from the interface to the surface; strain is a fraction. Numbers are rounded first and computed with as they stand.
"""
import json
from pathlib import Path

import numpy as np

from dynamical import Reflection, reflectivity

FOLDER = Path(__file__).resolve().parents[2] / "test" / "reference"
ANGLES = 160
#: material, hkl, geometry, thickness (nm), film (nm), asymmetry (degrees), polarisation, slices, largest strain.
CASES = [
    ("YSZ", (4, 0, 0), "single crystal", 300, None, 0, "sigma", 60, 0.04),
    ("YSZ", (4, 0, 0), "single crystal", 900, None, 0, "pi", 120, 0.02),
    ("Si", (0, 0, 4), "single crystal", 50, None, 0, "sigma", 30, 0.01),
    ("SrTiO3", (0, 0, 2), "thin film", 80, None, 0, "sigma", 40, 0.03),
    ("MgO", (2, 0, 0), "thick film", 200, 900, 0, "sigma", 50, 0.015),
    ("GaAs", (0, 0, 4), "thick film on substrate", 150, 600, 0, "sigma", 40, 0.02),
    ("Si", (2, 2, 4), "single crystal", 250, None, 35.26439, "sigma", 50, 0.01),
    ("GaAs", (1, 1, 5), "single crystal", 200, None, -15.79317, "pi", 50, -0.01),
]
SUBSTRATES = {"GaAs": ("Si", (0, 0, 4))}
WAVELENGTH = 1.540598


def factors(material, hkl):
    rows = json.loads((FOLDER / "structure-factors.json").read_text())["rows"]
    row = next(r for r in rows if r["material"] == material and tuple(r["hkl"]) == hkl and r["wavelength"] == WAVELENGTH)
    return {key: row[key] for key in ("material", "hkl", "d", "cellVolume", "f0", "fh", "fhbar")}


def reflection(of, asymmetry):
    return Reflection(WAVELENGTH, of["d"], of["cellVolume"], complex(*of["f0"]), complex(*of["fh"]),
                      complex(*of["fhbar"]), asymmetry)


def profile(rng, slices, largest):
    """A smooth profile with some roughness, so that neighbouring slices differ."""
    z = (np.arange(slices) + 0.5) / slices
    bump = np.exp(-(((z - rng.uniform(0.4, 0.9)) / rng.uniform(0.15, 0.4)) ** 2)) * z**2
    strain = largest * bump / bump.max() * (1 + 0.05 * rng.standard_normal(slices))
    factor = np.clip(np.exp(-rng.uniform(0.2, 2) * (strain / largest) ** 2), 0.02, 1)
    return np.round(strain, 6).tolist(), np.round(factor, 5).tolist()


def angles(of, strain):
    """Over the peaks of all slices and a little more, denser about the unstrained peak; degrees."""
    bragg, turn = np.degrees(float(of.bragg)), np.degrees(np.tan(float(of.bragg)))
    low, high = bragg - turn * (max(0, *strain) + 0.004), bragg - turn * (min(0, *strain) - 0.004)
    near = bragg + 0.02 * np.linspace(-1, 1, ANGLES // 4)
    return np.unique(np.round(np.concatenate([np.linspace(low, high, ANGLES - len(near)), near]), 5))


def case(rng, material, hkl, geometry, thickness, film, asymmetry, polarisation, slices, largest, deviation):
    own = factors(material, hkl)
    below = factors(*SUBSTRATES[material]) if geometry == "thick film on substrate" else None
    of = reflection(own, asymmetry)
    strain, factor = profile(rng, slices, largest)
    theta = angles(of, strain)
    if below is not None:
        # The substrate's own peak too.
        peak = np.degrees(float(reflection(below, 0).bragg))
        theta = np.unique(np.concatenate([theta, np.round(peak + 0.02 * np.linspace(-1, 1, ANGLES // 4), 5)]))
    curve = reflectivity(of, theta, strain, factor, thickness, geometry, film,
                         None if below is None else reflection(below, 0), deviation, polarisation)
    return {**own, "wavelength": WAVELENGTH, "geometry": geometry, "deviation": deviation, "asymmetryDeg": asymmetry,
            "polarisation": polarisation, "thicknessNm": thickness, "filmThicknessNm": film, "substrate": below,
            "strain": strain, "debyeWaller": factor, "thetaDeg": theta.tolist(),
            "reflectivity": [float(f"{r:.12e}") for r in curve.astype(float)]}


def main():
    rng = np.random.default_rng(4)
    cases = [case(rng, *given, deviation) for deviation in ("exact", "linear") for given in CASES]
    (FOLDER / "curves.json").write_text(json.dumps({"source": "tools/oracles/curves.py", "cases": cases}) + "\n")


main()

#!/usr/bin/env python3
"""Makes test/reference/scans/: scans as diffractometers give them, of known profiles, by dynamical.py; and scans.json, what
each was made from.

Needs numpy, and test/reference/structure-factors.json. Usage, in the repository root: python3 tools/oracles/scans.py

The curve is computed every 0.0001 degrees, convolved there with the resolution function (a pseudo-Voigt), sampled on the
scan's angles, scaled, put on a background and counted (Poisson). Depth runs from the surface down.
"""
import json
from pathlib import Path

import numpy as np

from dynamical import Reflection, reflectivity

FOLDER = Path(__file__).resolve().parents[2] / "test" / "reference"
FINE = 1e-4  # degrees 2theta
SLICE = 1.0  # nm
KA1, KA2 = 1.540598, 1.544426  # copper, angstrom

#: bumps: (depth of the middle, width, height) in units of thickness, thickness, %
SCANS = [
    {"name": "ysz-400-rates", "material": "YSZ", "hkl": (4, 0, 0), "thicknessNm": 260, "bumps": [(0.35, 0.3, 1.9)],
     "disorder": 1.6, "fwhm": 0.018, "lorentzFraction": 0.2, "peakCounts": 2e5, "background": 1.5, "step": 0.006,
     "rate": 0.00646, "deadTime": 5e-7},
    {"name": "si-004-counts", "material": "Si", "hkl": (0, 0, 4), "thicknessNm": 420,
     "bumps": [(0.25, 0.2, 0.35), (0.65, 0.25, 0.6)], "disorder": 0.9, "fwhm": 0.012, "lorentzFraction": 0.35,
     "peakCounts": 3e6, "background": 0.4, "step": 0.003},
    {"name": "sic-0004-implanted", "material": "SiC-4H", "hkl": (0, 0, 4), "thicknessNm": 330, "bumps": [(0.6, 0.25, 2.8)],
     "disorder": 2.2, "fwhm": 0.01, "lorentzFraction": 0.1, "peakCounts": 8e4, "background": 3, "step": 0.006},
    {"name": "mgo-400-doublet", "material": "MgO", "hkl": (4, 0, 0), "thicknessNm": 150, "bumps": [(0.4, 0.35, 0.9)],
     "disorder": 0.5, "fwhm": 0.03, "lorentzFraction": 0.5, "peakCounts": 5e5, "background": 8, "step": 0.01, "doublet": 0.5},
    {"name": "gaas-004-compressed", "material": "GaAs", "hkl": (0, 0, 4), "thicknessNm": 200, "bumps": [(0.5, 0.3, -0.8)],
     "disorder": 0.3, "fwhm": 0.015, "lorentzFraction": 0.3, "peakCounts": 1e6, "background": 2, "step": 0.004},
]


def reflection(material, hkl, wavelength=KA1):
    rows = json.loads((FOLDER / "structure-factors.json").read_text())["rows"]
    row = next(r for r in rows if r["material"] == material and tuple(r["hkl"]) == hkl and r["wavelength"] == KA1)
    return Reflection(wavelength, row["d"], row["cellVolume"], *(complex(*row[key]) for key in ("f0", "fh", "fhbar")))


def profile(given):
    """Depth (nm), strain (%) and Debye-Waller factor of each slice, from the surface down; 0 and 1 at the interface."""
    count = int(round(given["thicknessNm"] / SLICE))
    zeta = (np.arange(count) + 0.5) / count
    fade = np.clip((1 - zeta) / 0.25, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    strain = fade * sum(h * np.exp(-4 * np.log(2) * ((zeta - m) / w) ** 2) for m, w, h in given["bumps"])
    strain = np.round(strain, 5)
    factor = np.round(np.exp(-given["disorder"] * (strain / np.abs(strain).max()) ** 2), 5)
    return zeta * given["thicknessNm"], strain, factor


def seen(of, two_theta, given, strain, factor):
    """The curve through the instrument, at any scale."""
    reach = 60 * given["fwhm"]
    fine = np.arange(two_theta[0] - reach, two_theta[-1] + reach, FINE)
    curve = reflectivity(of, fine / 2, strain[::-1] / 100, factor[::-1], given["thicknessNm"]).astype(float)
    x = np.arange(-reach, reach + FINE / 2, FINE) * 2 / given["fwhm"]
    eta = given["lorentzFraction"]
    shape = (1 - eta) * np.sqrt(np.log(2) / np.pi) * np.exp(-np.log(2) * x**2) + eta / np.pi / (1 + x**2)
    size = 1 << int(np.ceil(np.log2(len(fine) + len(x))))
    product = np.fft.rfft(curve, size) * np.fft.rfft(shape / shape.sum(), size)
    return np.interp(two_theta, fine, np.fft.irfft(product, size)[len(x) // 2 : len(x) // 2 + len(fine)])


def scan(rng, given):
    of = reflection(given["material"], given["hkl"])
    depth, strain, factor = profile(given)
    bragg = float(of.bragg)
    turn = 2 * np.degrees(np.tan(bragg)) / 100
    low, high = 2 * np.degrees(bragg) - turn * (max(0, strain.max()) + 0.45), 2 * np.degrees(bragg) - turn * (min(0, strain.min()) - 0.35)
    two_theta = np.round(np.arange(round(low, 3), high, given["step"]), 6)
    curve = seen(of, two_theta, given, strain, factor)
    if "doublet" in given:
        second = reflection(given["material"], given["hkl"], KA2)
        curve = curve + given["doublet"] * seen(second, two_theta, given, strain, factor)
    counts = rng.poisson(given["peakCounts"] * curve / curve.max() + given["background"])
    # A rate of counts, corrected for the time in which the detector is blind.
    intensity = counts if "rate" not in given else given["rate"] * (counts + given["deadTime"] * counts.astype(float) ** 2)
    lines = [f"{x:.6g} {y:.6g}" if "rate" in given else f"{x:.6g} {y}" for x, y in zip(two_theta, intensity)]
    (FOLDER / "scans" / f"{given['name']}.xy").write_text("\n".join(lines) + "\n")
    return {**given, "wavelength": KA1, "points": len(two_theta), "depthNm": np.round(depth, 3).tolist(),
            "strainPercent": strain.tolist(), "debyeWaller": factor.tolist()}


def main():
    rng = np.random.default_rng(400)
    (FOLDER / "scans").mkdir(exist_ok=True)
    made = [json.dumps(scan(rng, given)) for given in SCANS]
    (FOLDER / "scans.json").write_text('{"source": "tools/oracles/scans.py",\n"scans": [\n' + ",\n".join(made) + "\n]}\n")


main()

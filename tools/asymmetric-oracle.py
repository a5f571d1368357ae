#!/usr/bin/env python3
"""Makes test/simulate/asymmetric.json: reflectivities of strained stacks at asymmetric reflections from another program,
xrayutilities' DynamicalModel (D. Kriegner et al. 2013, J. Appl. Cryst. 46, 1162), which solves the quartic dispersion
equation with four tie points in every layer instead of the two that takagi follows.

Needs xrayutilities (Debian: python3-xrayutilities). Usage, in the repository root: /usr/bin/python3 tools/asymmetric-oracle.py

Both programs get the same numbers: structure factors of silicon as xrayutilities tabulates them, the Debye-Waller
factor on F_H alone, strain along the surface normal alone (a pseudomorphic film: the tangential component of H is the
substrate's in every layer). In pi polarisation DynamicalModel takes |cos(incidence + exit)| at each angle where takagi
takes |cos 2theta_B|, so that case stays near the Bragg angle. Slices are listed from the interface to the surface;
theta is incidence + asymmetry.
"""
import json
import warnings
from pathlib import Path

import numpy as np
import xrayutilities as xu

warnings.filterwarnings("ignore")
R_E = 2.8179403262e-5  # Å
WAVELENGTH = 1.5406
OUT = Path(__file__).resolve().parent.parent / "test" / "simulate" / "asymmetric.json"
SI = xu.materials.Si


class GivenModel(xu.simpack.DynamicalModel):
    """DynamicalModel with susceptibilities and diffraction vectors as given, not derived from materials."""

    def give(self, chi0, chih, hx, hz):
        self.given = (hx, np.asarray(hz))
        self.chi0 = np.asarray(chi0)
        self.chih = {"S": np.asarray(chih), "P": np.asarray(chih)}
        self.chimh = self.chih

    def init_chi0(self):
        pass

    def set_hkl(self, *hkl):
        pass

    def _prepare_dyncalculation(self, geometry):
        return (None, *self.given)


def case(hkl, normal, grazing, strain, debye_waller, thickness, polarisation, half_range):
    h, n = np.array(hkl, float), np.array(normal, float)
    a = SI.a
    d, volume = a / np.linalg.norm(h), a**3
    theta_b = np.arcsin(WAVELENGTH / (2 * d))
    tilt = np.arccos(h @ n / np.linalg.norm(h) / np.linalg.norm(n))
    asymmetry = tilt if grazing == "incidence" else -tilt
    energy = xu.utilities.lam2en(WAVELENGTH)
    f0 = complex(SI.StructureFactor([0, 0, 0], en=energy))
    # Only the product F_H F_-H matters: its root serves as both.
    fh = np.sqrt(complex(SI.StructureFactor(SI.Q(*hkl), en=energy) * SI.StructureFactor(-SI.Q(*hkl), en=energy)))
    fh = complex(fh) if fh.real > 0 else complex(-fh)
    gamma = R_E * WAVELENGTH**2 / (np.pi * volume)
    susceptibility = lambda f: -gamma * f.conjugate()
    size = 2 * np.pi / d
    shift = gamma * f0.real / np.sin(2 * theta_b)
    lowest = -max(strain) / 100 * np.tan(theta_b)
    theta = np.unique(np.concatenate([
        np.linspace(theta_b + lowest - half_range, theta_b + half_range, 161),
        theta_b + shift + np.linspace(-1e-4, 1e-4, 41),
    ]))
    count = len(strain)
    stack = xu.simpack.LayerStack("stack", xu.simpack.Layer(SI, np.inf), *(xu.simpack.Layer(SI, 10 * t) for t in thickness))
    model = GivenModel(stack, energy=energy, polarization="S" if polarisation == "sigma" else "P", resolution_width=0)
    model.give(
        [susceptibility(f0)] * (count + 1),
        [susceptibility(fh) * w for w in [1, *debye_waller]],
        -size * np.sin(asymmetry),
        [size * np.cos(asymmetry) / (1 + e / 100) for e in [0, *strain]],
    )
    reflectivity = model.simulate(np.degrees(theta - asymmetry), hkl=hkl)
    there = np.isfinite(reflectivity) & (reflectivity > 0)  # no exit, or no incidence, beyond
    theta, reflectivity = theta[there], reflectivity[there]
    pair = lambda f: [f.real, f.imag]
    return {
        "material": "Si", "hkl": list(hkl), "normal": list(normal), "wavelength": WAVELENGTH, "d": d, "cellVolume": volume,
        "f0": pair(f0), "fh": pair(fh), "asymmetryDeg": float(np.degrees(asymmetry)), "polarisation": polarisation,
        "thicknessNm": list(thickness), "strainPercent": list(strain), "debyeWaller": list(debye_waller),
        "thetaDeg": [float(f"{t:.10g}") for t in np.degrees(theta)], "reflectivity": [float(f"{r:.8g}") for r in reflectivity],
    }


CASES = [
    case((0, 0, 4), (0, 0, 1), "incidence", [1.0], [1], [100], "sigma", 0.008),
    case((2, 2, 4), (0, 0, 1), "exit", [1.0], [1], [100], "sigma", 0.008),
    case((2, 2, 4), (0, 0, 1), "incidence", [1.0], [1], [100], "sigma", 0.008),
    case((2, 2, 4), (0, 0, 1), "incidence", [0.5, 1.5, -0.4], [0.9, 0.6, 0.8], [50, 50, 50], "sigma", 0.008),
    case((4, 0, 4), (0, 0, 1), "incidence", [3.0], [0.8], [60], "sigma", 0.008),
    case((1, 1, 3), (0, 0, 1), "incidence", [0.2, 0.3, 0.1], [0.9, 0.6, 0.8], [50, 50, 50], "pi", 0.002),
    case((1, 1, 5), (0, 0, 1), "exit", [0.3], [1], [100], "sigma", 0.008),
    case((1, 1, 3), (0, 0, 1), "incidence", [0.3], [1], [100], "sigma", 0.004),
]

document = {"source": f"xrayutilities {xu.__version__} DynamicalModel, by tools/asymmetric-oracle.py", "cases": CASES}
OUT.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print([len(c["thetaDeg"]) for c in CASES], OUT.stat().st_size, "bytes")

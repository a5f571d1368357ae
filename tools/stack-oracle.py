#!/usr/bin/env python3
"""Makes test/simulate/stacks.json: reflectivities of layers of several crystals from another program, xrayutilities'
DynamicalModel (D. Kriegner et al. 2013, J. Appl. Cryst. 46, 1162), which solves the quartic dispersion equation with four
tie points in every layer instead of the two that takagi follows.

Needs xrayutilities (Debian: python3-xrayutilities). Usage, in the repository root: /usr/bin/python3 tools/stack-oracle.py

Both programs get the same numbers: structure factors as xrayutilities tabulates them, mixed by composition, and strain
along the surface normal (in every layer the tangential component of H is the substrate's). Layers are listed from below;
theta is incidence + asymmetry.
"""
import json
import warnings
from pathlib import Path

import numpy as np
import xrayutilities as xu

warnings.filterwarnings("ignore")
R_E = 2.8179403262e-5  # Å
WAVELENGTH = 1.540598
ENERGY = xu.utilities.lam2en(WAVELENGTH)
OUT = Path(__file__).resolve().parent.parent / "test" / "simulate" / "stacks.json"
M = xu.materials
# Schulz & Thiemann (1977), Solid State Commun. 23, 815.
ALN = M.Crystal("AlN", M.SGLattice(186, 3.11, 4.98, atoms=["Al", "N"], pos=[("2b", 0), ("2b", 0.3821)]))


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


def crystal(name, parts, hkl, normal):
    """Mixture of crystals of one structure, [(share, material)]: mean cell, mean structure factors."""
    h, n = np.array(hkl, float), np.array(normal, float)
    total = sum(share for share, _ in parts)
    mean = lambda f: sum(share * f(material) for share, material in parts) / total
    lattice = parts[0][1].lattice
    a, c = mean(lambda m: m.a), mean(lambda m: m.c)
    if abs(lattice.gamma - 120) < 1:  # hexagonal, 000l only
        d, volume, tilt = c / hkl[2], a * a * c * np.sqrt(3) / 2, 0.0
    else:
        d, volume = a / np.linalg.norm(h), a**3
        tilt = np.arccos(min(1, h @ n / np.linalg.norm(h) / np.linalg.norm(n)))
    zero = complex(mean(lambda m: m.StructureFactor([0, 0, 0], en=ENERGY)))
    # Only the product F_H F_-H matters: its root serves as both.
    root = lambda m: np.sqrt(complex(m.StructureFactor(m.Q(*hkl), en=ENERGY) * m.StructureFactor(-m.Q(*hkl), en=ENERGY)))
    signed = lambda f: f if f.real > 0 else -f
    fh = complex(mean(lambda m: signed(root(m))))
    return {"name": name, "hkl": list(hkl), "d": d, "cellVolume": volume, "f0": zero, "fh": fh, "tilt": tilt}


def case(name, grazing, substrate, layers, repeats, span):
    """layers: [(crystal, thickness nm, strain %)], the whole list `repeats` times; span: degrees of theta below and above."""
    sign = -1 if grazing == "exit" else 1
    stack = layers * repeats
    gamma = lambda c: R_E * WAVELENGTH**2 / (np.pi * c["cellVolume"])
    chi = lambda c, f: -gamma(c) * f.conjugate()
    size = 2 * np.pi / substrate["d"]
    asymmetry = sign * substrate["tilt"]
    theta_b = np.arcsin(WAVELENGTH / (2 * substrate["d"]))
    theta = theta_b + np.radians(np.linspace(-span[0], span[1], 350))
    normal = lambda c, e: 2 * np.pi / c["d"] * np.cos(c["tilt"]) / (1 + e / 100)
    lattice = xu.simpack.LayerStack(
        "stack", xu.simpack.Layer(M.Si, np.inf), *(xu.simpack.Layer(M.Si, 10 * t) for _, t, _ in stack)
    )
    model = GivenModel(lattice, energy=ENERGY, polarization="S", resolution_width=0)
    every = [(substrate, 0, 0), *stack]
    model.give(
        [chi(c, c["f0"]) for c, _, _ in every],
        [chi(c, c["fh"]) for c, _, _ in every],
        -size * np.sin(asymmetry),
        [normal(c, e) for c, _, e in every],
    )
    reflectivity = model.simulate(np.degrees(theta - asymmetry), hkl=substrate["hkl"])
    there = np.isfinite(reflectivity) & (reflectivity > 0)  # where its quartic is solved
    theta, reflectivity = theta[there], reflectivity[there]
    pair = lambda f: [f.real, f.imag]
    plain = lambda c: {
        "name": c["name"], "hkl": c["hkl"], "d": c["d"], "cellVolume": c["cellVolume"],
        "f0": pair(c["f0"]), "fh": pair(c["fh"]), "asymmetryDeg": float(np.degrees(sign * c["tilt"])),
    }
    return {
        "name": name, "wavelength": WAVELENGTH, "substrate": plain(substrate), "repeats": repeats,
        "layers": [{"crystal": plain(c), "thicknessNm": t, "strainPercent": e} for c, t, e in layers],
        "thetaDeg": [float(f"{t:.11g}") for t in np.degrees(theta)],
        "reflectivity": [float(f"{r:.8g}") for r in reflectivity],
    }


A004 = ((0, 0, 4), (0, 0, 1))
A224 = ((2, 2, 4), (0, 0, 1))
A115 = ((1, 1, 5), (0, 0, 1))
A002 = ((0, 0, 2), (0, 0, 1))
GAAS, ALAS = crystal("GaAs", [(1, M.GaAs)], *A004), crystal("AlAs", [(1, M.AlAs)], *A004)
INGAAS = crystal("In0.2Ga0.8As", [(0.2, M.InAs), (0.8, M.GaAs)], *A004)
CASES = [
    case("AlAs on GaAs", "", GAAS, [(ALAS, 300, 0.13)], 1, (0.6, 0.4)),
    case("SiGe on Si", "", crystal("Si", [(1, M.Si)], *A004),
         [(crystal("Si0.8Ge0.2", [(0.8, M.Si), (0.2, M.Ge)], *A004), 80, 0.6)], 1, (1.3, 0.5)),
    case("InGaAs on InP", "", crystal("InP", [(1, M.InP)], *A004),
         [(crystal("In0.6Ga0.4As", [(0.6, M.InAs), (0.4, M.GaAs)], *A004), 150, 0.5)], 1, (1.0, 0.5)),
    case("InGaAs and GaAs, ten times, on GaAs", "", GAAS, [(INGAAS, 8, 1.3), (GAAS, 17, 0)], 10, (2.0, 1.0)),
    case("AlGaN on GaN", "", crystal("GaN", [(1, M.GaN)], *A002),
         [(crystal("Al0.3Ga0.7N", [(0.3, ALN), (0.7, M.GaN)], *A002), 40, -0.3)], 1, (0.5, 1.0)),
    case("AlAs on GaAs, 115 at grazing exit", "exit", crystal("GaAs", [(1, M.GaAs)], *A115),
         [(crystal("AlAs", [(1, M.AlAs)], *A115), 200, 0.13)], 1, (0.5, 0.4)),
    case("SiGe on Si, 115 at grazing incidence", "incidence", crystal("Si", [(1, M.Si)], *A115),
         [(crystal("Si0.8Ge0.2", [(0.8, M.Si), (0.2, M.Ge)], *A115), 60, 0.6)], 1, (1.0, 0.5)),
    case("SiGe on Si, 224 at grazing incidence", "incidence", crystal("Si", [(1, M.Si)], *A224),
         [(crystal("Si0.8Ge0.2", [(0.8, M.Si), (0.2, M.Ge)], *A224), 60, 0.6)], 1, (1.0, 0.5)),
]

document = {"source": f"xrayutilities {xu.__version__} DynamicalModel, by tools/stack-oracle.py", "cases": CASES}
OUT.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print([len(c["thetaDeg"]) for c in CASES], OUT.stat().st_size, "bytes")

#!/usr/bin/env python3
"""Makes test/reference/structure-factors.json: structure factors of the built-in crystals by another program with other
tables, xrayutilities (D. Kriegner et al. 2013, J. Appl. Cryst. 46, 1162; its default f1 and f2, Henke's below 30 keV).

Needs xrayutilities (Debian: python3-xrayutilities), and takagi as built, which is asked for nothing but the cells.
Usage, in the repository root: /usr/bin/python3 tools/oracles/structure_factors.py

The atoms come from the number of the space group in the International Tables and Wyckoff letters, written here from the
sources that docs/crystals.md names; takagi has Hall symbols and coordinates. Atoms are neutral and at rest. The origin
may be another than takagi's: compare F_0 and the product F_H F_-H.
"""
import json
import subprocess
import warnings
from pathlib import Path

import xrayutilities as xu

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test" / "reference" / "structure-factors.json"
WAVELENGTHS = (1.540598, 0.7093)

FCC = [(4, 0, 0), (2, 2, 0), (3, 1, 1), (2, 0, 0)]
DIAMOND = [(0, 0, 4), (2, 2, 4), (1, 1, 5), (1, 1, 1)]
HEXAGONAL = [(0, 0, 2), (1, 0, 4), (1, 1, 4)]
CORUNDUM = [(0, 0, 6), (1, 0, 4), (1, 1, 6)]


def one(group, letter, elements, hkls):
    return {name: (group, [(symbol, letter)], hkls) for name, symbol in elements.items()}


def two(group, letters, pairs, hkls):
    return {name: (group, list(zip(symbols, letters)), hkls) for name, symbols in pairs.items()}


def same(*names):
    return {name: name for name in names}


def wurtzite(cation, anion, u):
    return ("186", [(cation, ("2b", [0])), (anion, ("2b", [u]))], HEXAGONAL)


#: name: (space group, [(element, Wyckoff position[, occupancy])], reflections)
CRYSTALS = {
    **one("227:1", "8a", {"Si": "Si", "Ge": "Ge", "diamond": "C"}, DIAMOND),
    **two("216", ["4a", "4c"], {name: (name[:2], name[2:]) for name in ("GaAs", "AlAs", "InAs", "InP", "GaP", "GaSb", "InSb")}
          | {"SiC-3C": ("Si", "C")}, DIAMOND),
    "GaN": wurtzite("Ga", "N", 0.377),
    "AlN": wurtzite("Al", "N", 0.3821),
    "InN": wurtzite("In", "N", 0.375),
    "ZnO": wurtzite("Zn", "O", 0.3821),
    "SiC-4H": ("186", [("C", ("2a", [0.18784])), ("Si", ("2a", [0])), ("C", ("2b", [0.43671])), ("Si", ("2b", [0.24982]))],
               [(0, 0, 4), (1, 0, 4), (1, 1, 4)]),
    "SiC-6H": ("186", [("Si", ("2a", [0])), ("Si", ("2b", [0.1664])), ("Si", ("2b", [0.8329])), ("C", ("2b", [0.0412])),
                       ("C", ("2b", [0.708])), ("C", ("2a", [0.3746]))], [(0, 0, 6), (1, 0, 4), (1, 1, 6)]),
    **two("225", ["4a", "4b"], {"MgO": ("Mg", "O"), "NaCl": ("Na", "Cl"), "ZrC": ("Zr", "C"), "TiN": ("Ti", "N")}, FCC),
    **two("225", ["4a", "8c"], {"ZrO2": ("Zr", "O"), "CeO2": ("Ce", "O"), "UO2": ("U", "O"), "ThO2": ("Th", "O"),
                                "CaF2": ("Ca", "F")}, FCC),
    # 9.5 mol % Y2O3: Zr(1 - x)Y(x)O(2 - x/2), x = 2 m/(1 + m).
    "YSZ": ("225", [("Zr", "4a", 1 - 0.19 / 1.095), ("Y", "4a", 0.19 / 1.095), ("O", "8c", 1 - 0.19 / 1.095 / 4)], FCC),
    **two("221", ["1a", "1b", "3c"], {"SrTiO3": ("Sr", "Ti", "O"), "KTaO3": ("K", "Ta", "O")},
          [(0, 0, 2), (0, 0, 1), (1, 0, 3)]),
    "LSAT": ("221", [("La", "1a", 0.3), ("Sr", "1a", 0.7), ("Al", "1b", 0.65), ("Ta", "1b", 0.35), ("O", "3c")],
             [(0, 0, 2), (0, 0, 1), (1, 0, 3)]),
    "LaAlO3": ("167:H", [("La", "6a"), ("Al", "6b"), ("O", ("18e", [0.5281]))], [(0, 1, 2), (0, 2, 4), (1, 1, 6)]),
    "Al2O3": ("167:H", [("Al", ("12c", [0.352])), ("O", ("18e", [0.306]))], CORUNDUM),
    **{name: ("161:H", [(a, ("6a", [za])), (b, ("6a", [0])), ("O", ("18b", xyz))], CORUNDUM) for name, a, za, b, xyz in (
        ("LiTaO3", "Li", 0.2909, "Ta", [0.0495, 0.3425, 0.0749]),
        ("LiNbO3", "Li", 0.2829, "Nb", [0.0492, 0.3446, 0.0647]))},
    "TiO2": ("136", [("Ti", "2a"), ("O", ("4f", [0.30478]))], [(1, 1, 0), (0, 0, 2), (1, 0, 1)]),
    "MgAl2O4": ("227:2", [("Mg", "8a", 0.782), ("Al", "8a", 0.218), ("Al", "16d", 0.891), ("Mg", "16d", 0.109),
                          ("O", ("32e", [0.26171]))], [(4, 0, 0), (3, 1, 1), (4, 4, 0)]),
    "Ga2O3-beta": ("12", [("Ga", ("4i", [0.0905, 0.7946])), ("Ga", ("4i", [0.65866, 0.31402])), ("O", ("4i", [0.1645, 0.1098])),
                          ("O", ("4i", [0.1733, 0.5632])), ("O", ("4i", [0.4959, 0.2566]))],
                   [(0, 2, 0), (4, 0, 0), (-2, 0, 1)]),
    **one("225", "4a", same("Al", "Cu", "Ni", "Ag", "Au", "Pt"), FCC),
    **one("229", "2a", same("Fe", "Cr", "Mo", "W"), [(2, 0, 0), (1, 1, 0), (1, 1, 2)]),
}

ASK_CELLS = """
import { material, materialNames } from "./dist/index.js";
console.log(JSON.stringify(Object.fromEntries(materialNames.map((name) => [name, material(name).cell]))));
"""


def parameters(group, cell):
    """The cell as xrayutilities takes it for a space group."""
    number = int(group.split(":")[0])
    if number >= 195:
        return [cell["a"]]
    if number >= 75:
        return [cell["a"], cell["c"]]
    return [cell["a"], cell["b"], cell["c"], cell["beta"]]


def crystal(name, cell):
    group, atoms, _ = CRYSTALS[name]
    positions = [(atom[0], atom[1], atom[2] if len(atom) > 2 else 1) for atom in atoms]
    lattice = xu.materials.SGLattice(group, *parameters(group, cell), atoms=[a for a, _, _ in positions],
                                     pos=[p for _, p, _ in positions], occ=[o for _, _, o in positions])
    return xu.materials.Crystal(name, lattice)


def rows(name, cell):
    made = crystal(name, cell)
    for hkl in CRYSTALS[name][2]:
        q = made.Q(*hkl)
        spacing = float(made.planeDistance(*hkl))
        for wavelength in WAVELENGTHS:
            if wavelength >= 2 * spacing:
                continue
            energy = xu.utilities.lam2en(wavelength)
            values = {"f0": made.StructureFactor([0, 0, 0], energy), "fh": made.StructureFactor(q, energy),
                      "fhbar": made.StructureFactor(-q, energy)}
            yield {"material": name, "hkl": hkl, "wavelength": wavelength, "d": round(spacing, 9),
                   "cellVolume": round(float(made.lattice.UnitCellVolume()), 6),
                   **{key: [round(complex(f).real, 5), round(complex(f).imag, 5)] for key, f in values.items()}}


def main():
    asked = subprocess.run(["node", "--input-type=module", "--eval", ASK_CELLS], cwd=ROOT, check=True, capture_output=True)
    cells = json.loads(asked.stdout)
    missing = set(cells) ^ set(CRYSTALS)
    if missing:
        raise SystemExit(f"tools/oracles/structure_factors.py and takagi must know the same crystals; not both: {missing}")
    lines = [json.dumps(row) for name in CRYSTALS for row in rows(name, cells[name])]
    source = f"xrayutilities {xu.__version__}, default tables, by tools/oracles/structure_factors.py"
    OUT.write_text('{"source": ' + json.dumps(source) + ',\n"rows": [\n' + ",\n".join(lines) + "\n]}\n")


main()

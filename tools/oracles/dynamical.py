"""Dynamical diffraction by a stack of slices, written from the equations of docs/physics.md and in another form than the
kernels of assembly/: not as a product of matrices, but through the fixed points of each slice's map, in extended precision.

A slice maps the amplitude ratio X of the diffracted and the incident wave as dX = i K (X - x1)(X - x2), where x1 and x2 are
the roots of x^2 - 2 eta x + 1 = 0, eta = A / K. Hence W = (X - x1) / (X - x2) is multiplied by exp(i K (x1 - x2)).

Needs numpy. Angles in degrees and thicknesses in nm at the border, strain as a fraction; radians and angstrom inside.
"""
from dataclasses import dataclass

import numpy as np

R_E = 2.8179403262e-5  # classical electron radius, angstrom
REAL, COMPLEX = np.longdouble, np.clongdouble


@dataclass(frozen=True)
class Reflection:
    """One reflection of one crystal; structure factors in electrons per cell."""

    wavelength: float  # angstrom
    d: float  # angstrom
    cell_volume: float  # cubic angstrom
    f0: complex
    fh: complex
    fh_bar: complex
    asymmetry: float = 0.0  # degrees

    @property
    def bragg(self):
        """Bragg angle, radians."""
        return np.arcsin(REAL(self.wavelength) / (2 * REAL(self.d)))

    @property
    def gamma(self):
        """r_e lambda^2 / (pi V)."""
        return REAL(R_E) * REAL(self.wavelength) ** 2 / (REAL(np.pi) * REAL(self.cell_volume))


def coupling(of, pi_polarised):
    """C Gamma sqrt(F_H F_-H), the root with a real part that is not negative."""
    product = COMPLEX(complex(of.fh)) * COMPLEX(complex(of.fh_bar))
    root = np.sqrt(product)
    root = -root if root.real < 0 else root
    return (np.abs(np.cos(2 * of.bragg)) if pi_polarised else REAL(1)) * of.gamma * root


def elements(of, theta, strain, factor, thickness, linear, pi_polarised):
    """A and K of one slice at angles theta (radians); thickness in angstrom."""
    phi, wave = np.radians(REAL(of.asymmetry)), REAL(of.wavelength)
    if linear:
        here = of.bragg - REAL(strain) * np.tan(of.bragg)
        g0, gh = np.sin(here - phi), -np.sin(here + phi)
        b, unit = g0 / gh, np.sqrt(np.abs(g0 * gh))
        turn = -b * (theta - here) * np.sin(2 * of.bragg) - of.gamma * COMPLEX(complex(of.f0)) * (1 - b) / 2
        deviation = np.pi * thickness / (wave * unit) * turn / np.sqrt(np.abs(b))
    else:
        k = 2 * REAL(np.pi) / wave
        g0 = np.sin(theta - phi)
        # The wave vector along the surface is kept: what leaves has that of what enters and of the planes.
        along = np.cos(theta - phi) - 2 * REAL(np.pi) / REAL(of.d) * np.sin(phi) / k
        gh = np.sqrt(1 - along**2)
        vertical = 2 * REAL(np.pi) * np.cos(phi) / REAL(of.d)
        unit = np.sqrt(g0 * gh)
        refraction = np.pi * of.gamma * COMPLEX(complex(of.f0)) / (2 * wave) * (1 / g0 + 1 / gh)
        deviation = thickness * ((k * (g0 + gh) - vertical / (1 + REAL(strain))) / 2 - refraction)
    return deviation, np.pi * coupling(of, pi_polarised) * REAL(factor) * thickness / (wave * unit)


def roots(deviation, exchange):
    """x1 and x2 = 1/x1 of a slice, |x1| <= 1."""
    eta = deviation / exchange
    r = np.sqrt(eta * eta - 1)
    large = np.where(np.abs(eta + r) >= np.abs(eta - r), eta + r, eta - r)
    return 1 / large, large


def through(ratio, deviation, exchange):
    """The amplitude ratio on top of a slice from that below it."""
    x1, x2 = roots(deviation, exchange)
    w = (ratio - x1) / (ratio - x2) * np.exp(1j * exchange * (x1 - x2))
    return (x1 - w * x2) / (1 - w)


def reflectivity(of, theta_degrees, strain, factor, thickness_nm, geometry="single crystal", film_nm=None,
                 substrate=None, deviation="exact", polarisation="sigma"):
    """|X|^2 at the surface. Slices are equally thick and run from the interface up."""
    theta, ways = np.radians(np.asarray(theta_degrees, REAL)), (deviation == "linear", polarisation == "pi")
    if geometry == "single crystal":
        ratio = roots(*elements(of, theta, 0, 1, REAL(1), *ways))[0]
    elif geometry == "thick film on substrate":
        ratio = roots(*elements(substrate, theta, 0, 1, REAL(1), *ways))[0]
    else:
        ratio = np.zeros_like(theta, COMPLEX)
    if film_nm is not None:
        ratio = through(ratio, *elements(of, theta, 0, 1, 10 * (REAL(film_nm) - REAL(thickness_nm)), *ways))
    each = 10 * REAL(thickness_nm) / len(strain)
    for e, w in zip(strain, factor):
        ratio = through(ratio, *elements(of, theta, e, w, each, *ways))
    return np.abs(ratio) ** 2

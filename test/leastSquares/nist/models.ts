/** The models of the nonlinear problems of the NIST Statistical Reference Datasets, with their derivatives.
 *  Each fills d with ∂f/∂b and returns f(b, x). */

export type Model = (b: Float64Array, x: number | number[], d: Float64Array) => number;

const scalar =
  (model: (b: Float64Array, x: number, d: Float64Array) => number): Model =>
  (b, x, d) =>
    model(b, x as number, d);

const decay = scalar((b, x, d) => {
  const e = Math.exp(-b[1] * x);
  d[0] = 1 - e;
  d[1] = b[0] * x * e;
  return b[0] * (1 - e);
});

const chwirut = scalar((b, x, d) => {
  const q = 1 / (b[1] + b[2] * x);
  const f = Math.exp(-b[0] * x) * q;
  d[0] = -x * f;
  d[1] = -f * q;
  d[2] = -x * f * q;
  return f;
});

const lanczos = scalar((b, x, d) => {
  let f = 0;
  for (let k = 0; k < 6; k += 2) {
    const e = Math.exp(-b[k + 1] * x);
    d[k] = e;
    d[k + 1] = -x * b[k] * e;
    f += b[k] * e;
  }
  return f;
});

const gauss = scalar((b, x, d) => {
  const e = Math.exp(-b[1] * x);
  d[0] = e;
  d[1] = -b[0] * x * e;
  let f = b[0] * e;
  for (const k of [2, 5]) {
    const u = (x - b[k + 1]) / b[k + 2];
    const g = Math.exp(-u * u);
    d[k] = g;
    d[k + 1] = (b[k] * g * 2 * u) / b[k + 2];
    d[k + 2] = (b[k] * g * 2 * u * u) / b[k + 2];
    f += b[k] * g;
  }
  return f;
});

/** (b₁ + … + b_p x^(p−1)) / (1 + b_(p+1) x + …). */
const rational = (p: number): Model =>
  scalar((b, x, d) => {
    let top = 0;
    let bottom = 1;
    let power = 1;
    for (let k = 0; k < p; k++) {
      top += b[k] * power;
      if (k > 0) bottom += b[p + k - 1] * power;
      power *= x;
    }
    power = 1;
    for (let k = 0; k < p; k++) {
      d[k] = power / bottom;
      if (k > 0) d[p + k - 1] = (-top / bottom / bottom) * power;
      power *= x;
    }
    return top / bottom;
  });

export const models: Record<string, Model> = {
  Misra1a: decay,
  BoxBOD: decay,
  Misra1b: scalar((b, x, d) => {
    const q = 1 + (b[1] * x) / 2;
    d[0] = 1 - 1 / (q * q);
    d[1] = (b[0] * x) / (q * q * q);
    return b[0] * d[0];
  }),
  Misra1c: scalar((b, x, d) => {
    const q = 1 + 2 * b[1] * x;
    d[0] = 1 - q ** -0.5;
    d[1] = b[0] * x * q ** -1.5;
    return b[0] * d[0];
  }),
  Misra1d: scalar((b, x, d) => {
    const q = 1 + b[1] * x;
    d[0] = (b[1] * x) / q;
    d[1] = (b[0] * x) / (q * q);
    return b[0] * d[0];
  }),
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  DanWood: scalar((b, x, d) => {
    d[0] = x ** b[1];
    d[1] = b[0] * d[0] * Math.log(x);
    return b[0] * d[0];
  }),
  Kirby2: rational(3),
  Hahn1: rational(4),
  Thurber: rational(4),
  /** The observations enter as log y. */
  Nelson: (b, x, d) => {
    const [time, temperature] = x as number[];
    const e = Math.exp(-b[2] * temperature);
    d[0] = 1;
    d[1] = -time * e;
    d[2] = b[1] * time * temperature * e;
    return b[0] - b[1] * time * e;
  },
  MGH17: scalar((b, x, d) => {
    d[0] = 1;
    d[1] = Math.exp(-x * b[3]);
    d[2] = Math.exp(-x * b[4]);
    d[3] = -x * b[1] * d[1];
    d[4] = -x * b[2] * d[2];
    return b[0] + b[1] * d[1] + b[2] * d[2];
  }),
  Roszman1: scalar((b, x, d) => {
    const u = x - b[3];
    const q = Math.PI * (u * u + b[2] * b[2]);
    d[0] = 1;
    d[1] = -x;
    d[2] = -u / q;
    d[3] = -b[2] / q;
    return b[0] - b[1] * x - Math.atan(b[2] / u) / Math.PI;
  }),
  ENSO: scalar((b, x, d) => {
    const turn = 2 * Math.PI * x;
    d[0] = 1;
    d[1] = Math.cos(turn / 12);
    d[2] = Math.sin(turn / 12);
    let f = b[0] + b[1] * d[1] + b[2] * d[2];
    for (const k of [3, 6]) {
      const cosine = Math.cos(turn / b[k]);
      const sine = Math.sin(turn / b[k]);
      d[k] = ((b[k + 1] * sine - b[k + 2] * cosine) * turn) / (b[k] * b[k]);
      d[k + 1] = cosine;
      d[k + 2] = sine;
      f += b[k + 1] * cosine + b[k + 2] * sine;
    }
    return f;
  }),
  MGH09: scalar((b, x, d) => {
    const top = x * x + x * b[1];
    const bottom = x * x + x * b[2] + b[3];
    const f = (b[0] * top) / bottom;
    d[0] = top / bottom;
    d[1] = (b[0] * x) / bottom;
    d[2] = (-f * x) / bottom;
    d[3] = -f / bottom;
    return f;
  }),
  Rat42: scalar((b, x, d) => {
    const e = Math.exp(b[1] - b[2] * x);
    const q = 1 / (1 + e);
    d[0] = q;
    d[1] = -b[0] * q * q * e;
    d[2] = -d[1] * x;
    return b[0] * q;
  }),
  MGH10: scalar((b, x, d) => {
    const q = 1 / (x + b[2]);
    const e = Math.exp(b[1] * q);
    d[0] = e;
    d[1] = b[0] * e * q;
    d[2] = -d[1] * b[1] * q;
    return b[0] * e;
  }),
  Eckerle4: scalar((b, x, d) => {
    const u = (x - b[2]) / b[1];
    const g = Math.exp(-0.5 * u * u) / b[1];
    const f = b[0] * g;
    d[0] = g;
    d[1] = (f * (u * u - 1)) / b[1];
    d[2] = (f * u) / b[1];
    return f;
  }),
  Rat43: scalar((b, x, d) => {
    const e = Math.exp(b[1] - b[2] * x);
    const q = (1 + e) ** (-1 / b[3]);
    const f = b[0] * q;
    d[0] = q;
    d[1] = (-f * e) / (b[3] * (1 + e));
    d[2] = -d[1] * x;
    d[3] = (f * Math.log(1 + e)) / (b[3] * b[3]);
    return f;
  }),
  Bennett5: scalar((b, x, d) => {
    const p = (b[1] + x) ** (-1 / b[2]);
    const f = b[0] * p;
    d[0] = p;
    d[1] = -f / (b[2] * (b[1] + x));
    d[2] = (f * Math.log(b[1] + x)) / (b[2] * b[2]);
    return f;
  }),
};

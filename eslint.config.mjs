/** Rules of the house that a machine can check: which folder may import which, who may print, no default exports. */
import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { LONG_FUNCTIONS } from "./tools/longFunctions.mjs";

/** Folder or file of src/ → those of src/ that it may import besides itself. From the bottom up. */
const FOUNDATION = ["words.ts", "digest.ts", "errors.ts", "units.ts", "types.ts", "version.ts"];
const KERNELS = [...FOUNDATION, "wasm"];
const MATTER = [...KERNELS, "crystal", "instrument", "profile", "io"];
const PHYSICS = [...MATTER, "simulate"];
const DATA = [...PHYSICS, "workers", "leastSquares", "dataset", "invert"];
const LEARNING = [...DATA, "nn"];
const MAY_IMPORT = {
  "words.ts": [],
  "digest.ts": [],
  "errors.ts": FOUNDATION,
  "units.ts": FOUNDATION,
  "types.ts": FOUNDATION,
  "version.ts": FOUNDATION,
  io: FOUNDATION,
  wasm: FOUNDATION,
  workers: FOUNDATION,
  crystal: KERNELS,
  instrument: KERNELS,
  profile: KERNELS,
  simulate: MATTER,
  leastSquares: FOUNDATION,
  dataset: [...PHYSICS, "workers"],
  nn: DATA,
  invert: [...PHYSICS, "leastSquares", "dataset"],
  batch: LEARNING,
  evaluate: LEARNING,
  report: [...LEARNING, "evaluate"],
  cli: [...LEARNING, "evaluate", "report", "batch"],
  // That nothing behind it reaches nn/ either is checked on what was built, in rollup.config.mjs.
  "index.ts": [...DATA, "report"],
};

const unknown = readdirSync(new URL("src/", import.meta.url)).filter((name) => !(name in MAY_IMPORT));
if (unknown.length > 0)
  throw new Error(`eslint.config.mjs must say what src/${unknown.join(", src/")} may import`);

const srcZones = Object.entries(MAY_IMPORT).flatMap(([target, allowed]) => [
  {
    target: `./src/${target}`,
    from: "./src",
    except: [...new Set([target, ...allowed])].map((name) => `./${name}`),
    message: `src/${target} may import ${allowed.join(", ")} (see eslint.config.mjs).`,
  },
]);

const zones = [
  ...srcZones,
  {
    target: "./src",
    from: "./assembly",
    except: ["./layout.ts", "./status.ts"],
    message: "Only assembly/layout.ts and assembly/status.ts are for both sides of the border.",
  },
  {
    target: "./src",
    from: ["./app", "./test", "./bench", "./examples", "./tools"],
    message: "src/ stands alone.",
  },
  {
    target: ["./app", "./examples"],
    from: ["./src", "./assembly"],
    message: 'Use the public names: import from "takagi".',
  },
  {
    target: "./assembly",
    from: "./",
    except: ["./assembly"],
    message: "assembly/ imports nothing outside assembly/.",
  },
  {
    target: "./assembly/math",
    from: "./assembly",
    except: ["./math", "./layout.ts", "./status.ts"],
    message: "assembly/math knows no physics.",
  },
  {
    target: ["./assembly/physics", "./assembly/math"],
    from: ["./assembly/fit", "./assembly/dataset", "./assembly/index.ts"],
    message: "physics/ and math/ are below fit/ and dataset/.",
  },
];

const NODE_MESSAGE =
  "takagi runs in any JavaScript runtime: only src/cli and *.node.ts files may import Node's modules.";
const NODE = {
  paths: builtinModules.map((name) => ({ name, message: NODE_MESSAGE })),
  patterns: [{ group: ["node:*"], message: NODE_MESSAGE }],
};
const TENSORFLOW = { patterns: [{ group: ["@tensorflow/*"], message: "Only src/nn may import tfjs." }] };
const ITSELF = { patterns: [{ group: ["takagi", "takagi/*"], message: "Inside src/ import the file." }] };

const EXPORT_ALL = { selector: "ExportAllDeclaration", message: "List the names: no `export *`." };

function restrictImports(...bans) {
  return {
    "no-restricted-imports": [
      "error",
      { paths: bans.flatMap(({ paths }) => paths ?? []), patterns: bans.flatMap(({ patterns }) => patterns) },
    ],
  };
}

const MOST_LINES = 60;
const MOST_BRANCHES = 15;

/** How long and how branched a function may be. */
function size(lines = MOST_LINES, complexity = MOST_BRANCHES) {
  return {
    complexity: ["error", complexity],
    "max-lines-per-function": ["error", { max: lines, skipComments: true, skipBlankLines: true }],
  };
}

/** AssemblyScript puts decorators (@inline, @unsafe) on functions, which no TypeScript parser takes: blanks them. */
const assemblyscript = {
  meta: { name: "assemblyscript" },
  preprocess: (text) => [
    text.replace(/(?<=^|[\s;{}])@(inline|unsafe|global|lazy|external)\b/g, (found) =>
      " ".repeat(found.length),
    ),
  ],
  postprocess: (messages) => messages.flat(),
};

export default tseslint.config(
  { ignores: ["dist/", "build/", "coverage/", "docs/api/", "**/node_modules/", "models/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createNodeResolver({
          extensions: [".ts", ".tsx", ".mjs", ".js"],
          conditionNames: ["import", "default"],
        }),
      ],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "no-restricted-syntax": ["error", EXPORT_ALL],
    },
  },
  {
    files: [
      "src/**/*.ts",
      "test/**/*.ts",
      "bench/**/*.ts",
      "examples/**/*.ts",
      "app/**/*.ts",
      "app/**/*.tsx",
    ],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      // Numeric code asserts that an element is there, and a callback may return nothing.
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Only src/cli may exit." },
      ],
      "import-x/no-cycle": "error",
      "import-x/no-default-export": "error",
      ...restrictImports(NODE, TENSORFLOW, ITSELF),
    },
  },
  { files: ["src/nn/**/*.ts"], rules: restrictImports(NODE, ITSELF) },
  { files: ["src/**/*.node.ts"], rules: restrictImports(TENSORFLOW, ITSELF) },
  { files: ["src/nn/**/*.node.ts"], rules: restrictImports(ITSELF) },
  {
    files: ["src/cli/**/*.ts"],
    rules: { "no-console": "off", "no-restricted-properties": "off", ...restrictImports(TENSORFLOW, ITSELF) },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/wasm/workspace.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        EXPORT_ALL,
        {
          selector:
            'CallExpression[callee.property.name=/^view(32)?$/][callee.object.type!="ThisExpression"]',
          message:
            "A view may be detached when memory grows: use look, write, fill or copy of the workspace.",
        },
        {
          selector: 'MemberExpression[property.name="buffer"][object.property.name="memory"]',
          message: "The kernels' memory is for src/wasm/workspace.ts.",
        },
      ],
    },
  },
  { files: ["**/*.d.ts"], rules: { "import-x/no-default-export": "off" } },
  {
    files: ["assembly/**/*.ts"],
    processor: assemblyscript,
    languageOptions: { parser: tseslint.parser },
    rules: {
      "no-restricted-globals": ["error", { name: "heap", message: "Only assembly/memory.ts allocates." }],
    },
  },
  { files: ["src/**/*.ts", "app/**/*.{ts,tsx}", "assembly/**/*.ts", "tools/**/*.mjs"], rules: size() },
  ...LONG_FUNCTIONS.map(({ file, lines, complexity }) => ({ files: [file], rules: size(lines, complexity) })),
  { files: ["assembly/memory.ts"], rules: { "no-restricted-globals": "off" } },
);

/** The package as users get it: packed, and installed by npm into an empty folder. Its dependencies are those of the
 *  repository, linked, so that nothing is fetched. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

export interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;

export async function npm(words: readonly string[], cwd: string): Promise<string> {
  // Under `npm test` npm's own settings are in the environment; those of the repository are not for this folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
    ),
  );
  return (await run("npm", [...words], { cwd, env, shell: process.platform === "win32" })).stdout.trim();
}

export interface Installed {
  readonly folder: string;
  readonly tarball: string;
  remove(): Promise<void>;
}

/** @param peers optional packages that are there as well */
export async function install(peers: readonly string[] = []): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "takagi-installed-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
    const tarball = `takagi-${manifest.version}.tgz`;
    const linked = [...Object.keys(manifest.dependencies), ...peers].map((name) => [
      name,
      `file:${join(root, "node_modules", name)}`,
    ]);
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({
        private: true,
        type: "module",
        dependencies: { takagi: `file:${tarball}`, ...Object.fromEntries(linked) },
      }),
    );
    await npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder);
    return { folder, tarball: join(folder, tarball), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Makes a development tool of the repository one of the folder's. */
export async function lend(folder: string, name: string): Promise<void> {
  const target = join(folder, "node_modules", name);
  await mkdir(join(target, ".."), { recursive: true });
  await symlink(join(root, "node_modules", name), target, "dir");
}

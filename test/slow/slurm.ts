/** A small cluster on this machine: one slurmctld and two slurmd, without systemd, munge or cgroups. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NODES = ["n1", "n2"] as const;
export type Node = (typeof NODES)[number];

export class Cluster {
  readonly #folder: string;
  readonly #daemons = new Map<string, ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder for its configuration, state and logs */
  static async start(folder: string): Promise<Cluster> {
    const cluster = new Cluster(folder),
      [control, first, second] = await freePorts(3),
      host = hostname(),
      { username } = userInfo();
    await mkdir(join(folder, "state"), { recursive: true });
    for (const node of NODES) await mkdir(join(folder, `spool.${node}`));
    const at = (name: string): string => join(folder, name);
    await writeFile(
      cluster.#conf,
      `ClusterName=takagi
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
SlurmUser=${username}
SlurmdUser=${username}
StateSaveLocation=${at("state")}
SlurmdSpoolDir=${at("spool.%n")}
SlurmctldPidFile=${at("slurmctld.pid")}
SlurmdPidFile=${at("slurmd.%n.pid")}
SlurmctldLogFile=${at("slurmctld.log")}
SlurmdLogFile=${at("slurmd.%n.log")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
KillWait=1
NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${first} CPUs=1 RealMemory=4000 State=UNKNOWN
NodeName=n2 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${second} CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
`,
    );
    cluster.startControl();
    for (const node of NODES) cluster.startNode(node);
    await until(async () => (await cluster.run("sinfo", "-h", "-o", "%D %t")).includes("2 idle"), 60_000);
    return cluster;
  }

  get #conf(): string {
    return join(this.#folder, "slurm.conf");
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: this.#conf };
  }

  startControl(): void {
    this.#start("slurmctld", "slurmctld", "-D");
  }

  startNode(node: Node): void {
    this.#start(node, "slurmd", "-D", "-N", node);
  }

  /** kill -9 of the controller. */
  killControl(): Promise<void> {
    return this.#kill("slurmctld");
  }

  /** As if the node lost its power: slurmd, its steps and all that they started. */
  async killNode(node: Node): Promise<void> {
    await this.#kill(node);
    for (const { pid, parents } of await this.processes((own) => own.SLURMD_NODENAME === node)) {
      for (const parent of parents) if (await isStep(parent)) kill(parent);
      kill(pid);
    }
  }

  /** Processes of this cluster's jobs that have such an environment, with those that started them. */
  async processes(
    test: (environment: Readonly<Record<string, string | undefined>>, words: string) => boolean,
  ): Promise<{ readonly pid: number; readonly parents: readonly number[] }[]> {
    const found: { pid: number; parents: number[] }[] = [];
    for (const name of await readdir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const [environ, words] = await Promise.all(
        ["environ", "cmdline"].map((file) => readFile(`/proc/${name}/${file}`, "utf8").catch(() => "")),
      );
      const own = Object.fromEntries(
        environ!
          .split("\0")
          .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
      );
      if (own.SLURM_CONF === this.#conf && own.SLURM_JOB_ID !== undefined && test(own, words!))
        found.push({ pid: Number(name), parents: await parentsOf(Number(name)) });
    }
    return found;
  }

  /** A command of Slurm.
   *  @returns what it prints; nothing while the controller is away */
  run(command: string, ...words: string[]): Promise<string> {
    return run(command, words, { env: this.environment, cwd: this.#folder }).then(
      ({ stdout }) => stdout,
      () => "",
    );
  }

  /** What whoever runs a cluster does after such a night: nodes that Slurm has drained are taken back, jobs that it holds are
   *  released.
   *  @returns whether jobs are there still */
  async mend(): Promise<boolean> {
    if (/drain|down/.test(await this.run("sinfo", "-h", "-o", "%t")))
      await this.run("scontrol", "update", `nodename=${NODES.join(",")}`, "state=resume");
    const jobs = (await this.run("squeue", "-h", "-r", "-o", "%i %r"))
      .split("\n")
      .filter((job) => job !== "");
    for (const job of jobs) if (/held/i.test(job)) await this.run("scontrol", "release", job.split(" ")[0]!);
    return jobs.length > 0;
  }

  async stop(): Promise<void> {
    await this.run("scancel", "--user", userInfo().username);
    for (const node of NODES) await this.killNode(node);
    await this.#kill("slurmctld");
  }

  #start(name: string, command: string, ...words: string[]): void {
    this.#daemons.set(name, spawn(command, words, { env: this.environment, stdio: "ignore" }));
  }

  async #kill(name: string): Promise<void> {
    const daemon = this.#daemons.get(name);
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.on("exit", resolve));
    daemon.kill("SIGKILL");
    await ended;
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** @throws where it does not come true in time */
export async function until(test: () => Promise<boolean>, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !(await test());) {
    if (performance.now() > end)
      throw new Error(`nothing came of it within ${ms / 1000} s: ${test.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function parentsOf(pid: number): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
    parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  return parent > 1 ? [parent, ...(await parentsOf(parent))] : [];
}

async function isStep(pid: number): Promise<boolean> {
  return (await readlink(`/proc/${pid}/exe`).catch(() => "")).endsWith("slurmstepd");
}

/** Ports that nobody listens on. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

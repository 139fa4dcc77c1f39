/**
 * PostgreSQL 16.9 barebones on this machine, by hand and through the farm, one after the other; then the farm's own
 * costs. Needs `./farm up`, root, 4 GB of disk and a quiet machine: npx tsx bench/farm.ts
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { classesOf } from "../components/buildbarn/worker-class";
import { audience } from "../policies/predicates/identity";
import { readIndex } from "../components/matrix/read-index";
import { bazelArguments, places } from "../components/matrix/run-shard/bazel";
import { CACHE, CHECKOUT, NAME } from "../local/directories";
import { BAZEL_CLIENT, type DebianRoot, POSTGRES_TOOLCHAIN } from "../local/images/debian";
import { debianTar } from "../local/images/images";
import { cgroupMemory } from "../local/node/cgroups";
import { FARM_LAYOUT, paths } from "../local/node/layout";
import { inNamespace } from "../local/node/namespace";
import { listSources } from "../local/sources/list-sources";
import { stackOutputs } from "../local/stack/pulumi";
import { duration, StreamProgress } from "../local/terminal/progress";
import { table } from "../local/terminal/table";
import { ensureTools, type Tools } from "../local/toolbox/toolbox";
import { CLIENT_ACCOUNT, RELEASE_NAMESPACE } from "../stacks/farm";
import type { FarmOutputs } from "../stacks/outputs";

const EXAMPLE = join(CHECKOUT, "examples", "postgres");
const LABEL = "//postgres:postgres~16.9~barebones";

/** Folder of the sources in their archive. */
const TOP = "github.com/postgres/postgres@v0.0.0-20250505203008-6e4ab1b69197";

const WORKER: DebianRoot = { architecture: "amd64", packages: POSTGRES_TOOLCHAIN };
const CLIENT: DebianRoot = {
  architecture: "amd64",
  packages: BAZEL_CLIENT,
  users: ["client:x:65532:65532::/home/client:/bin/bash"],
};

/** A figure and what it is measured against. */
interface Row {
  readonly what: string;
  readonly seconds: number;
  readonly sha256?: string;
  readonly ratio?: number;
  readonly aim: string;
}

function timed(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Unpacks an image's root, to run its programs with the machine's own kernel, disk and cores. */
function unpacked(root: DebianRoot, folder: string): string {
  mkdirSync(folder);
  execFileSync("tar", ["--extract", "--file", debianTar(root), "--directory", folder]);
  return folder;
}

/** Runs a command inside a root, in the farm's network, and fails loudly. */
function inRoot(root: string, command: string): void {
  const script = `mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" /bin/bash -euc "$1"`;
  const [program = "", ...args] = inNamespace(["unshare", "--mount", "sh", "-euc", script, root, command]);
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
}

/** What a build took, and the sha256 of what it made. */
interface Build {
  readonly seconds: number;
  readonly sha256: string;
}

/** The commands of the farm's action, by hand, in the same root as the farm's workers have. */
function byHand(folder: string, archive: string): Build {
  const root = unpacked(WORKER, join(folder, "worker"));
  cpSync(join(EXAMPLE, "steps"), join(root, "build", "steps"), { recursive: true });
  cpSync(archive, join(root, "build", "archive.zip"));
  const step = `cd /build && bash steps/meson.sh archive.zip ${TOP} /postgres/16.9 out.tar modules -Dextra_version=-barebones`;
  const seconds = timed(() => {
    inRoot(root, step);
  });
  inRoot(root, "sha256sum </build/out.tar >/build/sha256");
  const sha256 = readFileSync(join(root, "build", "sha256"), "utf8").slice(0, 64);
  rmSync(root, { recursive: true });
  return { seconds, sha256 };
}

/** A developer's Bazel, which stays between builds, before a farm's frontend. */
class Client {
  private readonly root: string;
  private readonly build: string;
  private readonly startup: string;

  constructor(folder: string, archive: string, sha256: string, door: Door, farm: FarmOutputs) {
    this.root = unpacked(CLIENT, join(folder, "client"));
    cpSync(EXAMPLE, join(this.root, "work", "workspace"), { recursive: true });
    mkdirSync(join(this.root, "work", "sources"));
    cpSync(archive, join(this.root, "work", "sources", sha256));
    const invocation = bazelArguments({
      places: places("/work"),
      architecture: "amd64",
      labels: [LABEL],
      frontend: `grpc://${door.address}:8980`,
      workerImages: farm.workerImages,
      workerClasses: classesOf(farm.pools),
      memory: 4 * 2 ** 30,
    });
    // An instance name of its own has an action cache of its own, which is empty.
    const cold = `--config=remote --remote_instance_name=bench-${Date.now()} '--remote_header=authorization=Bearer ${door.token}'`;
    const words = invocation
      .filter((word) => word !== "--batch")
      .map((word) => (word === "--config=remote" ? cold : `'${word}'`));
    this.build = words.join(" ");
    this.startup = words.slice(0, words.indexOf("'build'")).join(" ");
    this.bazel("info release");
  }

  /** Builds; then the client forgets everything: what it has next time comes from the farm. */
  once(): Build {
    const seconds = timed(() => {
      this.inWorkspace(`bazel ${this.build}`);
    });
    this.inWorkspace("sha256sum <bazel-bin/postgres/postgres~16.9~barebones.tar >/work/sha256");
    const sha256 = readFileSync(join(this.root, "work", "sha256"), "utf8").slice(0, 64);
    this.bazel("clean");
    return { seconds, sha256 };
  }

  bazel(words: string): void {
    this.inWorkspace(`bazel ${this.startup} ${words}`);
  }

  private inWorkspace(command: string): void {
    inRoot(this.root, `cd /work/workspace && export HOME=/root USER=root && ${command}`);
  }
}

/** The frontend, for a client that is no pod: where it is, and who the client is to it for the next hour. */
interface Door {
  readonly address: string;
  readonly token: string;
}

function doorOf(tools: Tools, namespace: string): Door {
  const kubectl = (...args: readonly string[]) => {
    const words = [tools.kubectl.path, "--kubeconfig", paths(FARM_LAYOUT).kubeconfig, ...args];
    const [program = "", ...rest] = inNamespace(words);
    return execFileSync(program, rest, { encoding: "utf8" }).trim();
  };
  const address = ["get", "service", "frontend", "--output", "jsonpath={.spec.clusterIP}"];
  const token = ["create", "token", CLIENT_ACCOUNT, "--audience", audience("frontend"), "--duration", "1h"];
  return {
    address: kubectl("--namespace", namespace, ...address),
    token: kubectl("--namespace", RELEASE_NAMESPACE, ...token),
  };
}

async function main(): Promise<void> {
  const progress = new StreamProgress();
  const tools = await ensureTools(progress);
  const farm = await stackOutputs<FarmOutputs>(tools, "local");
  const source = listSources(readIndex(EXAMPLE)).find(({ where }) => where.endsWith("versions.16.9"));
  if (source === undefined) throw new Error("no source of 16.9 in the example's index");
  const archive = join(CACHE, "sources", source.sha256);
  const folder = mkdtempSync(join(tmpdir(), "monofarm-bench-"));
  const step = (title: string, expected: number, work: () => Build) =>
    progress.task(title, expected, () => Promise.resolve(work()));
  const rows: Row[] = [];
  try {
    const a = await step("a: meson and ninja by hand", 200, () => byHand(folder, archive));
    rows.push({ what: "a  PostgreSQL 16.9 barebones by meson and ninja", ...a, ratio: 1, aim: "" });
    const client = new Client(folder, archive, source.sha256, doorOf(tools, farm.namespace), farm);
    const b = await step("b: through the farm, cold", 210, () => client.once());
    rows.push({ what: "b  the same through the farm, cold cache", ...b, ratio: b.seconds / a.seconds, aim: "<= 1.05" });
    const c = await step("c: through the farm, warm", 5, () => client.once());
    rows.push({ what: "c  once more, warm cache", ...c, ratio: c.seconds / a.seconds, aim: "<= 0.01" });
    client.bazel("shutdown");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const again = timed(() => execFileSync(join(CHECKOUT, "farm"), ["up"], { stdio: "ignore" }));
  rows.push({ what: "./farm up again, everything in place", seconds: again, aim: "<= 30 s" });
  print(rows);
  const pods = Math.round(cgroupMemory(NAME) / 2 ** 20);
  process.stdout.write(`\nMemory of the idle farm: ${daemonMemory()} MiB of daemons, ${pods} MiB of pods\n`);
}

/** Resident MiB of the node's daemons, as `./farm status` shows it. */
function daemonMemory(): number {
  const status = execFileSync(join(CHECKOUT, "farm"), ["status", "--json"], { encoding: "utf8" });
  const { daemons } = JSON.parse(status) as {
    daemons: { residentBytes: number }[];
  };
  return Math.round(daemons.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 2 ** 20);
}

function print(rows: readonly Row[]): void {
  const cells = rows.map(({ what, seconds, sha256, ratio, aim }) => [
    what,
    duration(seconds),
    ratio === undefined ? "" : ratio.toFixed(3),
    aim,
    sha256?.slice(0, 16) ?? "",
  ]);
  const columns = [
    { heading: "WHAT" },
    { heading: "TOOK", align: "right" as const },
    { heading: "RATIO TO a", align: "right" as const },
    { heading: "AIM" },
    { heading: "SHA256" },
  ];
  process.stdout.write(`\n${table(columns, cells)}\n`);
}

void main();

/**
 * PostgreSQL 16.9 barebones on this machine, by hand and through the farm, one after the other; then the farm's own
 * costs. Needs `./farm up`, root, 4 GB of disk and a quiet machine: npx tsx bench/farm.ts
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
import { ensureTools } from "../local/toolbox/toolbox";
import type { FarmOutputs } from "../stacks/outputs";

const EXAMPLE = join(CHECKOUT, "examples", "postgres");
const LABEL = "//postgres:postgres~16.9~barebones";
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

async function main(): Promise<void> {
  const progress = new StreamProgress();
  const tools = await ensureTools(progress);
  const farm = await stackOutputs<FarmOutputs>(tools, "local");
  const [kubectl = "", ...service] = inNamespace([
    ...[tools.kubectl.path, "--kubeconfig", paths(FARM_LAYOUT).kubeconfig, "--namespace", farm.namespace],
    ...["get", "service", "frontend", "--output", "jsonpath={.spec.clusterIP}"],
  ]);
  const frontend = execFileSync(kubectl, service, { encoding: "utf8" }).trim();
  const source = listSources(readIndex(EXAMPLE)).find(({ where }) => where.endsWith("versions.16.9"));
  if (source === undefined) throw new Error("no source of 16.9 in the example's index");
  const archive = join(CACHE, "sources", source.sha256);
  const folder = mkdtempSync(join(tmpdir(), "monofarm-bench-"));
  const rows: Row[] = [];
  try {
    const plain = await progress.task("a: meson and ninja by hand", 200, () => {
      const root = unpacked(WORKER, join(folder, "worker"));
      cpSync(join(EXAMPLE, "steps"), join(root, "build", "steps"), { recursive: true });
      cpSync(archive, join(root, "build", "archive.zip"));
      const top = "github.com/postgres/postgres@v0.0.0-20250505203008-6e4ab1b69197";
      const step = `cd /build && bash steps/meson.sh archive.zip ${top} /postgres/16.9 out.tar modules -Dextra_version=-barebones`;
      const seconds = timed(() => {
        inRoot(root, step);
      });
      rmSync(root, { recursive: true });
      return Promise.resolve(seconds);
    });
    rows.push({ what: "a  PostgreSQL 16.9 barebones by meson and ninja", seconds: plain, ratio: 1, aim: "" });

    const root = unpacked(CLIENT, join(folder, "client"));
    cpSync(EXAMPLE, join(root, "work", "workspace"), { recursive: true });
    mkdirSync(join(root, "work", "sources"));
    cpSync(archive, join(root, "work", "sources", source.sha256));
    const invocation = bazelArguments({
      places: places("/work"),
      architecture: "amd64",
      labels: [LABEL],
      frontend: `grpc://${frontend}:8980`,
      workerImages: farm.workerImages,
      memory: 4 * 2 ** 30,
    });
    // An instance name of its own has an action cache of its own, which is empty; a Bazel that stays is a developer's.
    const cold = `--config=remote --remote_instance_name=bench-${Date.now()}`;
    const words = invocation
      .filter((word) => word !== "--batch")
      .map((word) => (word === "--config=remote" ? cold : `'${word}'`));
    const inWorkspace = (command: string) => `cd /work/workspace && export HOME=/root USER=root && ${command}`;
    const bazel = inWorkspace(`bazel ${words.join(" ")}`);
    const startup = words.slice(0, words.indexOf("'build'")).join(" ");
    const through = async (title: string, expected: number) =>
      progress.task(title, expected, () => {
        const seconds = timed(() => {
          inRoot(root, bazel);
        });
        // The client forgets everything: what it has next time comes from the farm.
        inRoot(root, inWorkspace(`bazel ${startup} clean`));
        return Promise.resolve(seconds);
      });
    inRoot(root, inWorkspace(`bazel ${startup} info release`));
    const b = await through("b: through the farm, cold", 210);
    rows.push({ what: "b  the same through the farm, cold cache", seconds: b, ratio: b / plain, aim: "<= 1.05" });
    const c = await through("c: through the farm, warm", 5);
    rows.push({ what: "c  once more, warm cache", seconds: c, ratio: c / plain, aim: "<= 0.01" });
    inRoot(root, inWorkspace(`bazel ${startup} shutdown`));
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
  const cells = rows.map(({ what, seconds, ratio, aim }) => [
    what,
    duration(seconds),
    ratio === undefined ? "" : ratio.toFixed(3),
    aim,
  ]);
  const columns = [
    { heading: "WHAT" },
    { heading: "TOOK", align: "right" as const },
    { heading: "RATIO TO a", align: "right" as const },
    { heading: "AIM" },
  ];
  process.stdout.write(`\n${table(columns, cells)}\n`);
}

void main();

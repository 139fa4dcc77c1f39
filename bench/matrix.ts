import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { costModel } from "../components/matrix/cost";
import type { ReleasePlan } from "../components/matrix/plan";
import { planRelease } from "../components/matrix/plan-release";
import { readIndex } from "../components/matrix/read-index";
import { shardObjects } from "../components/matrix/shard-files";
import { FULL_MATRIX, matrixCosts, type MatrixSize, writeMatrix } from "./matrix-full-index";

/** One measured run: index files on disk → Jobs and every shard list as bytes. */
interface Measured {
  readonly targets: number;
  readonly read: number;
  readonly plan: number;
  readonly lists: number;
  /** CPU-seconds of all three, garbage collection and compilation of JavaScript included. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly digest: string;
  readonly result: ReleasePlan;
}

const WORKSPACE = "0".repeat(64);

function measure(size: MatrixSize): Measured {
  const directory = mkdtempSync(join(tmpdir(), "monofarm-matrix-"));
  try {
    writeMatrix(directory, size);
    const busy = process.cpuUsage();
    const times = [performance.now()];
    const index = readIndex(directory);
    times.push(performance.now());
    const result = planRelease({ index, cost: costModel(matrixCosts(size)) });
    times.push(performance.now());
    const hash = createHash("sha256").update(result.id);
    let [bytes, targets] = [0, 0];
    for (const { key, file } of shardObjects(result, WORKSPACE)) {
      const text = JSON.stringify(file);
      hash.update(key).update(text);
      bytes += text.length;
      targets += file.labels.length;
    }
    times.push(performance.now());
    const [read = 0, plan = 0, lists = 0] = times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / 1000);
    const { user, system } = process.cpuUsage(busy);
    const cpu = (user + system) / 1e6;
    return { targets, read, plan, lists, cpu, megabytes: bytes / 1e6, digest: hash.digest("hex"), result };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Heaviest shard over the mean of its Job, the worst of all Jobs. */
export function imbalance({ jobs }: ReleasePlan): number {
  return Math.max(
    ...jobs.map(({ shards }) => {
      const weights = shards.map(({ cpuSeconds }) => cpuSeconds);
      return Math.max(...weights) / (weights.reduce((sum, weight) => sum + weight, 0) / weights.length);
    }),
  );
}

/** Share of the targets of `before` that are in another shard in `after`. */
export function moved(before: ReleasePlan, after: ReleasePlan): number {
  const place = (plan: ReleasePlan) =>
    new Map(
      plan.jobs.flatMap(({ stage, architecture, costClass, shards }) =>
        shards.flatMap(({ key, labels }) =>
          labels.map((label) => [`${architecture} ${label}`, `${stage} ${costClass} ${key}`] as const),
        ),
      ),
    );
  const [old, now] = [place(before), place(after)];
  let count = 0;
  for (const [target, shard] of old) if (now.get(target) !== shard) count++;
  return count / old.size;
}

function seconds({ read, plan, lists }: Measured): number {
  return read + plan + lists;
}

function line(name: string, run: Measured): string {
  const parts = [run.read, run.plan, run.lists].map((value) => value.toFixed(2).padStart(6)).join("  ");
  const indexes = run.result.jobs.reduce((sum, { shards }) => sum + shards.length, 0);
  return `${name.padEnd(10)} ${String(run.targets).padStart(9)}  ${parts}  ${seconds(run).toFixed(2).padStart(6)}  ${run.cpu.toFixed(2).padStart(6)}  ${String(indexes).padStart(7)}  ${run.megabytes.toFixed(1).padStart(6)}`;
}

function main(): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(`index files → Jobs and shard lists; seconds; Node.js ${process.version}`);
  out("matrix       targets    read    plan   lists   total     CPU  indexes      MB");
  const runs = [8, 4, 2].map((part) => {
    const run = measure({ ...FULL_MATRIX, extensions: FULL_MATRIX.extensions / part });
    out(line(`1/${part}`, run));
    return run;
  });
  const full = measure(FULL_MATRIX);
  out(line("full", full));
  const [small] = runs;
  if (small !== undefined) {
    const exponent = Math.log(full.cpu / small.cpu) / Math.log(full.targets / small.targets);
    out(`CPU time grows with the targets to the power of ${exponent.toFixed(2)}; bytes of the lists with the targets`);
    out("(a target weighs every shard of its PostgreSQL build: versions add linearly, extensions a little more)");
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  out(`peak memory of the process: ${peak.toFixed(0)} MiB`);
  out(`Jobs: ${full.result.jobs.map(({ name, shards }) => `${name} (${shards.length})`).join(", ")}`);
  out(`heaviest shard over the mean of its Job: ${imbalance(full.result).toFixed(3)}`);
  out(`sha256 of every list and key: ${full.digest}`);
  const grown = measure({ ...FULL_MATRIX, extensions: FULL_MATRIX.extensions * 1.01 });
  out(`1 % more extensions: ${(100 * moved(full.result, grown.result)).toFixed(2)} % of the old targets move`);
}

if (require.main === module) main();

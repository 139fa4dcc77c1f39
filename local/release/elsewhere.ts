import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { stringify } from "yaml";

import { planFarmRelease } from "../../components/matrix/farm-release";
import type { ReleasePlan } from "../../components/matrix/plan";
import { readIndex } from "../../components/matrix/read-index";
import { Store } from "../../components/matrix/run-shard/store";
import { UserError } from "../../components/user-error";
import { ambientKeys } from "../../stacks/ambient-keys";
import { type FarmFacts, readFacts } from "../../stacks/farm-facts";
import { CHECKOUT } from "../directories";
import { run } from "../run";
import { fetchSources } from "../sources/fetch-sources";
import { sourcesOf } from "../sources/list-sources";
import { committedConfig } from "../stack/stack-file";
import type { Progress } from "../terminal/progress";
import { jobState, type JobState, RELEASE_NAMESPACE } from "./jobs";
import { type ReleaseRequest, releaseSlice, type ReleaseState } from "./release";
import { warnOfStorage } from "./storage-warnings";
import { upload } from "./upload";
import { type IndexState, readResults, verdicts } from "./verdict";
import { packWorkspace } from "./workspace";

/** Milliseconds between two looks at a farm elsewhere. */
const INTERVAL_MS = 30_000;

/** Runs a program of PATH and gives what it printed. */
export type Call = (program: string, args: readonly string[], env: Record<string, string>) => Promise<string>;

const call: Call = (program, args, env) => run(program, args, { cwd: CHECKOUT, env });

/**
 * Plans a release for a farm elsewhere; the same words, checkout and farm give the same plan.
 * @param file the farm's facts, as `readFacts` takes them
 * @param where how messages name the command
 * @throws UserError for a wrong file, target or architecture
 */
export async function planElsewhere(file: string, request: ReleaseRequest, where: string) {
  const farm = readFacts(file);
  const slice = releaseSlice(request);
  const index = readIndex(join(CHECKOUT, slice.index));
  const workspace = await packWorkspace(slice.index);
  const plan = planFarmRelease({ ...slice, index, workspace: workspace.sha256 }, farm, where);
  return { farm, slice, index, workspace, plan };
}

/**
 * Releases on a farm elsewhere: stores what the pods need, declares the Jobs by `pulumi up`, follows them to their
 * end; workers come and go by themselves. Pulumi, kubectl, the credentials of AWS and Pulumi's backend are the caller's.
 * @param file the farm's facts, as `readFacts` takes them
 * @throws UserError before anything changes, for a wrong file, target or architecture
 */
export async function submit(file: string, request: ReleaseRequest, progress: Progress): Promise<ReleaseState> {
  const { farm, slice, index, workspace, plan } = await planElsewhere(file, request, "./farm submit");
  const warnings = warnOfStorage(plan, farm, progress);
  checkSecrets(farm, process.env);
  const store = new Store(farm.s3.address, farm.s3.region);
  const sources = await fetchSources(sourcesOf(index, plan), progress);
  await upload(store, farm.s3.buckets, plan, workspace, sources, progress);
  const elsewhere = new Elsewhere(farm);
  try {
    const config = {
      ...committedConfig("release"),
      "monofarm:farm": relative(CHECKOUT, file),
      "monofarm:release": { ...slice, workspace: workspace.sha256 },
    };
    await progress.task("pulumi up -s release", 15, () => elsewhere.declare(config));
    const look = async () => readResults(store, farm.s3.buckets.logs, plan, await elsewhere.jobs(plan));
    const states = await untilEnded(look, plan, progress);
    return { id: plan.id, verdicts: verdicts(states), isNew: true, warnings };
  } finally {
    elsewhere.end();
  }
}

async function untilEnded(
  look: () => Promise<IndexState[]>,
  plan: ReleasePlan,
  progress: Progress,
): Promise<IndexState[]> {
  return progress.task(`Release ${plan.id}`, 3600, async (report) => {
    for (;;) {
      const states = await look();
      if (states.every(({ ended }) => ended)) return states;
      report.note(`(${states.filter(({ result }) => result !== undefined).length} of ${states.length} shards)`);
      await sleep(INTERVAL_MS);
    }
  });
}

/**
 * Sees that pods can be given keys, and that these are a secret of the release's state, where a farm's pods have no role
 * of their own. @throws UserError naming the variable that is missing
 */
export function checkSecrets(farm: Pick<FarmFacts, "platform">, environment: NodeJS.ProcessEnv): void {
  if (farm.platform.kind === "aws") return;
  ambientKeys(environment);
  const { PULUMI_BACKEND_URL: backend = "", PULUMI_CONFIG_PASSPHRASE: passphrase = "" } = environment;
  const isPulumis = backend === "" || backend.startsWith("https://");
  if (isPulumis || passphrase !== "" || (environment["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "") !== "") return;
  const allowed =
    "a passphrase, or PULUMI_CONFIG_PASSPHRASE_FILE: the release's state holds keys of the farm's buckets";
  throw new UserError("PULUMI_CONFIG_PASSPHRASE", "nothing", allowed);
}

/** A farm elsewhere, through the programs that speak to it. */
export class Elsewhere {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-submit-"));
  private readonly kubeconfig = join(this.directory, "kubeconfig");

  constructor(
    private readonly farm: FarmFacts,
    private readonly programs: Call = call,
  ) {
    const { kubeconfig } = farm;
    writeFileSync(this.kubeconfig, existsSync(kubeconfig) ? readFileSync(kubeconfig) : kubeconfig, { mode: 0o600 });
  }

  /** Runs `pulumi up` on the stack `release` with this configuration. */
  async declare(config: Readonly<Record<string, unknown>>): Promise<void> {
    // A project file of the same name keeps the salt of the stack's secrets out of the checkout.
    writeFileSync(join(this.directory, "Pulumi.yaml"), "name: monofarm\nruntime: nodejs\n");
    const stack = ["--stack", "release", "--non-interactive"];
    await this.pulumi("-C", this.directory, "stack", "select", "--create", ...stack);
    const file = join(this.directory, "Pulumi.release.yaml");
    writeFileSync(file, `${salt(file)}${stringify({ config })}`);
    await this.pulumi("up", "--yes", "--config-file", file, ...stack);
  }

  /** What Kubernetes says of a release's Jobs. */
  async jobs(plan: ReleasePlan): Promise<Map<string, JobState>> {
    const text = await this.kubectl("get", "jobs", "--namespace", RELEASE_NAMESPACE, "--output=json");
    const { items } = JSON.parse(text) as {
      items: ({ metadata: { name: string } } & Parameters<typeof jobState>[0])[];
    };
    const found = new Map(items.map((job) => [job.metadata.name, jobState(job)]));
    const gone: JobState = { createdAt: 0, ended: true, failed: false };
    return new Map(plan.jobs.map(({ name }) => [name, found.get(name) ?? gone]));
  }

  /** Forgets how to reach it. */
  end(): void {
    rmSync(this.directory, { recursive: true });
  }

  private kubectl(...args: readonly string[]): Promise<string> {
    const { context } = this.farm.platform;
    const at = ["--kubeconfig", this.kubeconfig, ...(context === undefined ? [] : ["--context", context])];
    return this.programs("kubectl", [...at, ...args], {});
  }

  private pulumi(...args: readonly string[]): Promise<string> {
    // What a release declares on a farm of AWS' holds no secret.
    return this.programs("pulumi", args, this.farm.platform.kind === "aws" ? { PULUMI_CONFIG_PASSPHRASE: "" } : {});
  }
}

function salt(file: string): string {
  try {
    return `${/^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? ""}\n`;
  } catch {
    return "";
  }
}

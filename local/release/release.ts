import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { planFarmRelease } from "../../components/matrix/farm-release";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { ReleasePlan } from "../../components/matrix/plan";
import { readIndex } from "../../components/matrix/read-index";
import { logKey } from "../../components/matrix/result";
import { Store } from "../../components/matrix/run-shard/store";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";
import { sourcesOf } from "../sources/list-sources";
import { fetchSources } from "../sources/fetch-sources";
import { configFile, writeConfig } from "../stack/config";
import { changesIn, pulumi, stackOutputs } from "../stack/pulumi";
import type { Progress } from "../terminal/progress";
import type { Tools } from "../toolbox/toolbox";
import { follow, jobStates } from "./follow";
import { upload } from "./upload";
import { readResults, type Verdict, verdicts } from "./verdict";
import { packWorkspace, type Workspace } from "./workspace";

/** What a release is asked for. */
export interface ReleaseRequest {
  /** Label patterns; none means everything that is not manual. @default what stacks/Pulumi.release.yaml says */
  readonly targets?: readonly string[];
  /** @default what stacks/Pulumi.release.yaml says */
  readonly architectures?: readonly Architecture[];
}

/** What the stack `local` puts out, as far as a release needs it. */
interface Farm {
  readonly s3: { readonly address: string; readonly region: string };
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly workerImages: Partial<Record<Architecture, string>>;
  readonly clientImage: string;
  readonly pools: readonly { architecture: Architecture; emulated: boolean; concurrency: number }[];
  readonly namespace: string;
}

interface Slice {
  readonly index: string;
  readonly targets: readonly string[];
  readonly architectures: readonly Architecture[];
}

const NAMESPACE = "monofarm-release";

/** CPU-seconds that the local farm works off in a second. */
const CORES = 2;

/** The release slice of stacks/Pulumi.release.yaml under what the command line asks for. */
export function releaseSlice(request: ReleaseRequest): Slice {
  const file = join(CHECKOUT, "stacks", "Pulumi.release.yaml");
  const { config } = parse(readFileSync(file, "utf8")) as { config: { "monofarm:release": Slice } };
  return {
    ...config["monofarm:release"],
    ...(request.targets !== undefined && { targets: request.targets }),
    ...(request.architectures !== undefined && { architectures: request.architectures }),
  };
}

interface Prepared {
  readonly slice: Slice;
  readonly index: MatrixIndex;
  readonly farm: Farm;
  readonly store: Store;
  readonly workspace: Workspace;
  readonly plan: ReleasePlan;
}

async function prepare(tools: Tools, request: ReleaseRequest): Promise<Prepared> {
  const slice = releaseSlice(request);
  const index = readIndex(join(CHECKOUT, slice.index));
  const farm = await stackOutputs<Partial<Farm>>(tools, "local");
  if (!isFarm(farm)) throw new UserError("stack local", "no farm", "./farm up first");
  const workspace = await packWorkspace(slice.index);
  const plan = planFarmRelease({ ...slice, index, workspace: workspace.sha256 }, farm, "release");
  const store = new Store(farm.s3.address, farm.s3.region, farm.credentials);
  return { slice, index, farm, store, workspace, plan };
}

function isFarm(farm: Partial<Farm>): farm is Farm {
  return farm.s3 !== undefined && farm.clientImage !== undefined;
}

/** A release that ended, or the state of one that runs. */
export interface ReleaseState {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
  /** Whether this run started anything: false where the same release was there already. */
  readonly isNew: boolean;
}

/** Fetches the sources of everything that could be released; needs the network outside the farm's. */
export async function fetchReleaseSources(request: ReleaseRequest, progress: Progress): Promise<void> {
  const slice = releaseSlice(request);
  const index = readIndex(join(CHECKOUT, slice.index));
  const images = { amd64: "", arm64: "" };
  const pools = slice.architectures.map((architecture) => ({ architecture, emulated: false, concurrency: 1 }));
  const plan = planFarmRelease(
    { ...slice, index, workspace: "" },
    { workerImages: images, clientImage: "", pools },
    "release",
  );
  await fetchSources(sourcesOf(index, plan), progress);
}

/**
 * Releases: stores what the pods need, declares the Jobs by `pulumi up -s release`, follows them to their end. A
 * release that was there already is not built again: its verdicts are read.
 * @throws UserError before anything changes, where targets or architectures are none
 */
export async function runRelease(tools: Tools, request: ReleaseRequest, progress: Progress): Promise<ReleaseState> {
  const { slice, index, farm, store, workspace, plan } = await prepare(tools, request);
  const sources = await fetchSources(sourcesOf(index, plan), progress);
  await upload(store, plan, workspace, sources, progress);
  writeConfig("release", { "monofarm:release": { ...slice, workspace: workspace.sha256 } });
  const again = await failedBefore(store, plan);
  const replace = again.flatMap((name) => ["--replace", jobUrn(name)]);
  const output = await progress.task("pulumi up -s release", 15, (report) =>
    pulumi(tools, "release", ["up", "--yes", "--skip-preview", ...replace], (line) => {
      if (/^ [+~-]/.test(line)) report.note(`(${line.trim().split(/\s+/).slice(1, 3).join(" ")})`);
    }),
  );
  const { created, replaced } = changesIn(output);
  const cpuSeconds = plan.jobs.flatMap(({ shards }) => shards).reduce((sum, shard) => sum + shard.cpuSeconds, 0);
  const states = await follow(store, plan, { farm: farm.namespace, release: NAMESPACE }, cpuSeconds / CORES, progress);
  return { id: plan.id, verdicts: verdicts(states), isNew: created + replaced > 0 };
}

/** A Job of the plan, as Pulumi names it. */
function jobUrn(name: string): string {
  return `urn:pulumi:release::monofarm::monofarm:matrix:ReleaseJobs$kubernetes:batch/v1:Job::release-${name}`;
}

/**
 * The Jobs of a plan that ran before and failed: asked for again, they run again. What the cache has costs them nothing;
 * what they said of themselves is taken away, so that nobody takes it for the new run's.
 */
async function failedBefore(store: Store, plan: ReleasePlan): Promise<string[]> {
  const states = await jobStates(plan, NAMESPACE);
  const failed = plan.jobs.filter(({ name }) => states.get(name) === "failed");
  for (const job of failed) {
    for (const index of job.shards.keys()) await store.remove("logs", logKey(plan.id, job.name, index, "result.json"));
  }
  return failed.map(({ name }) => name);
}

/** The state of the release that was asked for last. @throws UserError where there was none */
export async function releaseStatus(tools: Tools): Promise<ReleaseState> {
  const file = configFile("release");
  if (!existsSync(file)) throw new UserError("./farm release status", "no release", "./farm release first");
  const { config } = parse(readFileSync(file, "utf8")) as { config: { "monofarm:release": Slice } };
  const { targets, architectures } = config["monofarm:release"];
  const { store, plan } = await prepare(tools, { targets, architectures });
  const jobs = await jobStates(plan, NAMESPACE);
  const states = await readResults(store, plan, ({ name }) => jobs.get(name) !== "running");
  return { id: plan.id, verdicts: verdicts(states), isNew: false };
}

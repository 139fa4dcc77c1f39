import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { z } from "zod";

import { planFarmRelease } from "../../components/matrix/farm-release";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { ReleasePlan } from "../../components/matrix/plan";
import { readIndex } from "../../components/matrix/read-index";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import { RELEASE_SLICES } from "../../stacks/config/release";
import { CHECKOUT } from "../directories";
import { fetchSources } from "../sources/fetch-sources";
import { sourcesOf } from "../sources/list-sources";
import { checkReleaseConfig } from "../stack/check";
import { writeConfig } from "../stack/config";
import { pulumiUp } from "../stack/pulumi";
import { parseStackFile } from "../stack/stack-file";
import type { Progress } from "../terminal/progress";
import type { Tools } from "../toolbox/toolbox";
import { declaredNames, declaredRelease, farmOutputs, farmStore } from "./declared";
import { follow } from "./follow";
import { deleteJobs, jobStates } from "./jobs";
import { warnOfStorage } from "./storage-warnings";
import { upload } from "./upload";
import { explainLost, readResults, type Verdict, verdicts } from "./verdict";
import { packWorkspace } from "./workspace";

/** What a release is asked for. */
export interface ReleaseRequest {
  /** Label patterns; none means everything that is not manual. @default what stacks/Pulumi.release.yaml says */
  readonly targets?: readonly string[];
  /** @default what stacks/Pulumi.release.yaml says */
  readonly architectures?: readonly Architecture[];
  /** Runs Jobs that have ended once more. @default only those that failed */
  readonly again?: boolean;
  /** Ends another release that still runs. @default it is left alone, and this one refused */
  readonly instead?: boolean;
}

/** `monofarm:release` of the committed stack, before the machine's own part is added. */
const committedSlice = RELEASE_SLICES.release.omit({ workspace: true });

type Slice = z.infer<typeof committedSlice>;

/** CPU-seconds that the local farm works off in a second. */
const CORES = 2;

const FILE = "stacks/Pulumi.release.yaml";

/** How messages name what the command line asks for. */
const WHERE = "./farm release";

/**
 * The release slice of stacks/Pulumi.release.yaml under what the command line asks for.
 * @throws UserError naming the key that is wrong
 */
export function releaseSlice(
  request: ReleaseRequest,
  text: string = readFileSync(join(CHECKOUT, FILE), "utf8"),
): Slice {
  const { config = {} } = parseStackFile(FILE, text);
  checkReleaseConfig(config);
  return {
    ...committedSlice.parse(config["monofarm:release"]),
    ...(request.targets !== undefined && { targets: [...request.targets] }),
    ...(request.architectures !== undefined && { architectures: [...request.architectures] }),
  };
}

function indexOf(slice: Slice): MatrixIndex {
  return readIndex(join(CHECKOUT, slice.index));
}

/** A release that ended, or the state of one that runs. */
export interface ReleaseState {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
  /** Whether this run started anything: false where the same release was there already. */
  readonly isNew: boolean;
  /** What the farm's storage has too little of for it; undefined where nobody planned it. */
  readonly warnings?: readonly string[];
}

/**
 * Plans a release for any farm at all: which targets there are does not depend on who builds them.
 * @throws UserError for an unknown target or architecture, or a malformed index or slice
 */
export function checkRelease(request: ReleaseRequest): { index: MatrixIndex; plan: ReleasePlan } {
  const slice = releaseSlice(request);
  const index = indexOf(slice);
  const workers = { workerClass: "wide", emulated: false, concurrency: 1 } as const;
  const pools = slice.architectures.map((architecture) => ({ architecture, ...workers }));
  const anyFarm = { workerImages: {}, clientImage: "", pools };
  return { index, plan: planFarmRelease({ ...slice, index, workspace: "" }, anyFarm, WHERE) };
}

/**
 * Fetches the sources of what is asked for; needs the network outside the farm's.
 * @throws UserError as `checkRelease` does, or for a source that is wrong or cannot be had
 */
export async function fetchReleaseSources(request: ReleaseRequest, progress: Progress): Promise<void> {
  const { index, plan } = checkRelease(request);
  await fetchSources(sourcesOf(index, plan), progress);
}

/** A release as this machine's farm would build it. */
async function planned(tools: Tools, request: ReleaseRequest) {
  const slice = releaseSlice(request);
  const index = indexOf(slice);
  const farm = await farmOutputs(tools);
  const workspace = await packWorkspace(slice.index);
  const plan = planFarmRelease({ ...slice, index, workspace: workspace.sha256 }, farm, WHERE);
  return { slice, index, farm, workspace, plan, store: farmStore(farm) };
}

/**
 * Releases: stores what the pods need, declares the Jobs by `pulumi up -s release`, follows them to their end. A
 * release that is there and green is not built again: its verdicts are read. Jobs of it that failed run once more.
 * @throws UserError before anything changes, where targets or architectures are none, or another release still runs
 */
export async function runRelease(tools: Tools, request: ReleaseRequest, progress: Progress): Promise<ReleaseState> {
  const { slice, index, farm, workspace, plan, store } = await planned(tools, request);
  if (request.instead !== true) await refuseBesideAnother(tools, plan.id);
  const warnings = warnOfStorage(plan, farm, progress);

  const sources = await fetchSources(sourcesOf(index, plan), progress);
  await upload(store, farm.s3.buckets, plan, workspace, sources, progress);
  writeConfig("release", { "monofarm:release": { ...slice, workspace: workspace.sha256 } });
  const names = plan.jobs.map(({ name }) => name);
  await deleteJobs(await jobsToRunAgain(names, request.again ?? false));
  const { created } = await progress.task("pulumi up -s release", 15, (report) => pulumiUp(tools, "release", report));
  const cpuSeconds = plan.jobs.flatMap(({ shards }) => shards).reduce((sum, shard) => sum + shard.cpuSeconds, 0);
  const states = await follow(store, farm.s3.buckets.logs, plan, farm.namespace, cpuSeconds / CORES, progress);
  return { id: plan.id, verdicts: verdicts(states), isNew: created > 0, warnings };
}

/** One release is declared at a time: to declare another ends the Jobs of the one before it. */
async function refuseBesideAnother(tools: Tools, id: string): Promise<void> {
  const declared = await declaredNames(tools);
  if (declared === undefined || declared.id === id) return;
  const states = [...(await jobStates(declared.jobs)).values()];
  if (states.every(({ ended }) => ended)) return;
  const allowed = "its end (./farm release status), or --instead, which ends it now";
  throw new UserError(WHERE, `release ${declared.id}, which still runs`, allowed);
}

/** Whether a release other than the stack's own was asked for last. */
export async function isAnotherDeclared(tools: Tools): Promise<boolean> {
  const declared = await declaredNames(tools);
  return declared !== undefined && declared.id !== (await planned(tools, {})).plan.id;
}

/** Jobs that have ended and are to run again. */
async function jobsToRunAgain(names: readonly string[], all: boolean): Promise<string[]> {
  const states = [...(await jobStates(names))].filter(([, { createdAt }]) => createdAt > 0);
  return states.filter(([, { ended, failed }]) => failed || (all && ended)).map(([name]) => name);
}

/** The state of the release that is declared now. @throws UserError where there is none */
export async function releaseStatus(tools: Tools): Promise<ReleaseState> {
  const farm = await farmOutputs(tools);
  const store = farmStore(farm);
  const { matrix, logs } = farm.s3.buckets;
  const release = await declaredRelease(tools, store, matrix);
  const jobs = await jobStates(release.jobs.map(({ name }) => name));
  const states = await explainLost(await readResults(store, logs, release, jobs));
  return { id: release.id, verdicts: verdicts(states), isNew: false };
}

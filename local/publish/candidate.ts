import { join } from "node:path";

import { planFarmRelease } from "../../components/matrix/farm-release";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { ReleasePlan } from "../../components/matrix/plan";
import { readIndex } from "../../components/matrix/read-index";
import { listTargets } from "../../components/matrix/targets";
import { UserError } from "../../components/user-error";
import type { FarmFacts } from "../../stacks/farm-facts";
import { RELEASE_SLICES } from "../../stacks/config/release";
import { CHECKOUT } from "../directories";
import { planElsewhere } from "../release/elsewhere";
import { declaredNames, farmOutputs } from "../release/declared";
import type { ReleaseRequest } from "../release/release";
import { readResults } from "../release/verdict";
import { packWorkspace } from "../release/workspace";
import { listSources } from "../sources/list-sources";
import { readConfig } from "../stack/config";
import { paint } from "../terminal/colour";
import type { Progress } from "../terminal/progress";
import type { Tools } from "../toolbox/toolbox";
import { commitOf } from "./commit";
import { type Artifact, judge } from "./judge";
import type { Build } from "./provenance";
import { RepositoryStore } from "./store";

const WHERE = "./farm publish";

/** A release that may be published, once it is judged. */
export interface Candidate {
  readonly plan: ReleasePlan;
  readonly index: MatrixIndex;
  readonly workspace: Build["workspace"];
  /** Whether the checkout has that workspace. */
  readonly isHere: boolean;
  readonly farm: Pick<FarmFacts, "workerImages" | "clientImage" | "endpoint" | "pools"> & {
    readonly s3: Pick<FarmFacts["s3"], "buckets">;
  };
  readonly store: RepositoryStore;
  /** A command that tells more of the release. */
  readonly more: string;
}

/**
 * The release that the farm of this machine has declared, planned once more: only where index, workspace and images
 * are still what they were does it come to the same id.
 * @throws UserError where there is none, or something has changed
 */
export async function candidateHere(tools: Tools): Promise<Candidate> {
  const farm = await farmOutputs(tools);
  const declared = await declaredNames(tools);
  const { "monofarm:release": config } = readConfig("release");
  const slice = RELEASE_SLICES.release.safeParse(config);
  if (declared === undefined || !slice.success) throw new UserError(WHERE, "no release", "./farm release first");
  const { workspace: sha256, index: folder } = slice.data;
  const index = readIndex(join(CHECKOUT, folder));
  const plan = planFarmRelease({ ...slice.data, index }, farm, WHERE);
  if (plan.id !== declared.id)
    throw new UserError(
      WHERE,
      `release ${declared.id} of an index or of images that have changed since`,
      "a release of what is here now: ./farm release",
    );
  const store = new RepositoryStore(farm.s3.address, farm.s3.region, farm.credentials);
  const isHere = (await packWorkspace(folder)).sha256 === sha256;
  return { plan, index, workspace: { folder, sha256 }, isHere, farm, store, more: "./farm release status" };
}

/**
 * The release that `./farm submit` builds for the same words and checkout.
 * @param file the farm's facts
 */
export async function candidateElsewhere(file: string, request: ReleaseRequest): Promise<Candidate> {
  const { farm, slice, index, workspace, plan } = await planElsewhere(file, request, WHERE);
  const store = new RepositoryStore(farm.s3.address, farm.s3.region);
  const its = { folder: slice.index, sha256: workspace.sha256 };
  return {
    plan,
    index,
    workspace: its,
    isHere: true,
    farm,
    store,
    more: "./farm submit with the same words follows it",
  };
}

/** Judges a release: what of it may be published, and what is to be said of how it came about. */
export async function judged(
  { plan, index, workspace, isHere, farm, store, more }: Candidate,
  { builder, expected }: { readonly builder: string; readonly expected?: string },
  progress: Progress,
): Promise<{ artifacts: readonly Artifact[]; build: Build }> {
  const { logs } = farm.s3.buckets;
  // The cluster is not asked: a release is what its results say, and where one is missing, it is not there yet.
  const runs = new Map(plan.jobs.map(({ name }) => [name, { createdAt: 0, ended: false, failed: false }]));
  const states = await progress.task("Read results", 5, () => readResults(store, logs, plan, runs));
  const targets = new Map(listTargets(index).map((target) => [target.label, target]));
  const emulated = new Set(farm.pools.filter((pool) => pool.emulated).map(({ architecture }) => architecture));
  const artifacts = judge(
    { id: plan.id, logs, more, emulated, ...(expected !== undefined && { expected }) },
    states,
    targets,
  );
  if (artifacts.length === 0)
    throw new UserError(
      WHERE,
      `release ${plan.id}, in which no target is a package`,
      "one with PostgreSQL or extensions",
    );
  const commit = isHere ? await commitOf(workspace.folder) : undefined;
  if (commit === undefined)
    progress.line(paint("yellow", `! provenance names no commit: no commit has ${workspace.folder} as it was built`));
  const urls = new Map(listSources(index).map(({ sha256, urls: [url = ""] }) => [sha256, url]));
  const build = {
    release: plan.id,
    farm,
    workspace,
    ...(commit !== undefined && { commit }),
    urls,
    builder,
  };
  return { artifacts, build };
}

import { type ShardFile, shardFileSchema, shardKey } from "../../components/matrix/result";
import { Store } from "../../components/matrix/run-shard/store";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import type { FarmOutputs, ReleaseOutputs } from "../../stacks/outputs";
import { stackOutputs } from "../stack/pulumi";
import type { Tools } from "../toolbox/toolbox";

/** A Job of a release, as far as its verdict goes. */
export interface DeclaredJob {
  readonly name: string;
  readonly architecture: Architecture;
  /** Labels by index. */
  readonly shards: readonly { readonly labels: readonly string[] }[];
}

/** A release that was declared; a ReleasePlan is one too. */
export interface DeclaredRelease {
  readonly id: string;
  readonly jobs: readonly DeclaredJob[];
}

/** What the farm of this machine put out. @throws UserError where there is none */
export async function farmOutputs(tools: Tools): Promise<FarmOutputs> {
  const farm = await stackOutputs<Partial<FarmOutputs>>(tools, "local");
  if (farm.s3 === undefined) throw new UserError("stack local", "no farm", "./farm up first");
  return farm as FarmOutputs;
}

/** The farm's artifact store, as the commands of `./farm` reach it: from inside the network namespace, without names. */
export function farmStore({ s3, credentials }: FarmOutputs): Store {
  return new Store(s3.address, s3.region, credentials);
}

/**
 * The release that is declared now, whatever index and workspace say since: its lists are read from the store.
 * @throws UserError where there is none
 */
export async function declaredRelease(tools: Tools, store: Store, bucket: string): Promise<DeclaredRelease> {
  const { id, jobs } = await releaseOutputs(tools);
  if (id === undefined || jobs === undefined)
    throw new UserError("stack release", "no release", "./farm release first");
  const declared: DeclaredJob[] = [];
  for (const { name, digest, architecture, shards } of jobs) {
    const files: ShardFile[] = [];
    for (let index = 0; index < shards; index++) {
      const key = shardKey(digest, index);
      const text = await store.text(bucket, key);
      if (text === undefined)
        throw new UserError(`s3://${bucket}/${key}`, "nothing", "the list of a shard: ./farm release");
      files.push(shardFileSchema.parse(JSON.parse(text)));
    }
    declared.push({ name, architecture, shards: files });
  }
  return { id, jobs: declared };
}

/** Names of what is declared now; undefined where nothing is. */
export async function declaredNames(tools: Tools): Promise<{ id: string; jobs: string[] } | undefined> {
  const { id, jobs } = await releaseOutputs(tools);
  return id === undefined || jobs === undefined ? undefined : { id, jobs: jobs.map(({ name }) => name) };
}

async function releaseOutputs(tools: Tools): Promise<Partial<ReleaseOutputs>> {
  return stackOutputs<Partial<ReleaseOutputs>>(tools, "release").catch(() => ({}));
}

import { chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { configurationFile } from "../../components/buildbarn/configuration/server";
import type { BbStorage } from "../../components/buildbarn/configuration/storage";
import { planStore } from "../../components/buildbarn/capacity";
import { kubeRequest } from "../../local/node/api";
import { within } from "../../local/node/supervise";
import { MIB, SHARDS } from "./blocks";

const CORE = "/api/v1/namespaces/monofarm";

/** Beside the shards' own stores, on the same volumes. */
const DIRECTORY = "small";

/** The user of storage. */
const USER = 65532;

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly labels: object };
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Gives each shard a CAS of another size, in a folder of its own, and starts them again; what they had stays on their disks.
 * @returns gives them back what they had
 */
export async function shrinkStores(sizeMiB: number): Promise<() => Promise<void>> {
  const { items } = await kubeRequest<{ items: ConfigMap[] }>("GET", `${CORE}/configmaps`);
  const config = items.find(({ data }) => data?.["storage.json"] !== undefined);
  if (config === undefined) throw new Error("no ConfigMap holds storage.json");
  for (const shard of SHARDS) {
    const state = join(shard, DIRECTORY, "state");
    mkdirSync(state, { recursive: true });
    for (const folder of [join(shard, DIRECTORY), state]) chownSync(folder, USER, USER);
  }
  await configure(config, shrunk(config.data?.["storage.json"] ?? "", sizeMiB));
  return async () => {
    await configure(config, config.data?.["storage.json"] ?? "");
    for (const shard of SHARDS) rmSync(join(shard, DIRECTORY), { recursive: true });
  };
}

function shrunk(text: string, sizeMiB: number): string {
  const storage = JSON.parse(text.replaceAll("/storage/cas/", `/storage/${DIRECTORY}/`)) as BbStorage;
  const { backend } = storage.contentAddressableStorage;
  if (!("local" in backend)) throw new Error("a shard keeps its CAS elsewhere");
  const { local } = backend;
  const plan = planStore("cas", { sizeBytes: sizeMiB * MIB, meanBlobBytes: 65_536, largestBlobBytes: 4 * MIB }, "cas");
  const sized = (device: { file: { path: string } }, sizeBytes: number) => ({ file: { ...device.file, sizeBytes } });
  const small = {
    ...local,
    keyLocationMapOnBlockDevice: sized(local.keyLocationMapOnBlockDevice, plan.keyLocationMapBytes),
    blocksOnBlockDevice: {
      ...local.blocksOnBlockDevice,
      source: sized(local.blocksOnBlockDevice.source, plan.blocksBytes),
    },
  };
  const contentAddressableStorage = { ...storage.contentAddressableStorage, backend: { local: small } };
  return configurationFile({ ...storage, contentAddressableStorage });
}

/** Nobody can edit a ConfigMap of the farm: it is made anew under its name. */
async function configure({ metadata: { name, labels }, data }: ConfigMap, text: string): Promise<void> {
  await kubeRequest("DELETE", `${CORE}/configmaps/${name}`);
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, immutable: true };
  await kubeRequest("POST", `${CORE}/configmaps`, { ...body, data: { ...data, "storage.json": text } });
  for (const index of SHARDS.keys()) await kubeRequest("DELETE", `${CORE}/pods/storage-${index}`);
  if (!(await within(120, areReady))) throw new Error("the shards are not ready two minutes after their restart");
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly deletionTimestamp?: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function areReady(): Promise<boolean> {
  const { items } = await kubeRequest<Pods>("GET", `${CORE}/pods?labelSelector=app.kubernetes.io%2Fname%3Dstorage`);
  const ready = items.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True"),
  );
  return ready.length === SHARDS.length;
}

import { setTimeout as sleep } from "node:timers/promises";

import { kubeRequest } from "../../local/node/api";
import { tokenOf } from "../farm/identities";

/** A wall of the worker that is taken away, by itself. */
export type Wall = "confine" | "action user" | "tokens apart" | "cleaning" | "closed build directory";

export const WALLS: readonly Wall[] = ["confine", "action user", "tokens apart", "cleaning", "closed build directory"];

/** One wall, or all of them at once. */
export type Without = Wall | "every wall";

/** Where workers without a wall run: apart from the farm, whose own rules would refuse them. */
export const CONTROL_NAMESPACE = "monofarm-control";

interface Container {
  name: string;
  command: string[];
  resources: { requests?: Record<string, string> };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface PodSpec {
  initContainers: Container[];
  containers: Container[];
  volumes: { name: string; configMap?: { name: string } }[];
  serviceAccountName?: string;
  serviceAccount?: string;
  nodeName?: string;
}

type Configuration = Record<string, unknown>;

interface WorkerConfiguration {
  readonly buildDirectories: { readonly runners: { readonly platform: { properties: object[] } }[] }[];
}

/** The platform property that leads an action to the worker without a wall. */
export function controlProperty(wall: Without): Record<string, string> {
  return { "without-wall": wall };
}

function named(wall: Without): string {
  return `without-${wall.replaceAll(" ", "-")}`;
}

/** Makes the namespace: one that the farm knows nothing of. */
export async function makeNamespace(): Promise<void> {
  const path = `/api/v1/namespaces/${CONTROL_NAMESPACE}`;
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: CONTROL_NAMESPACE } };
  // One that is just going away must be gone first.
  for (;;) {
    const { status } = await kubeRequest<{ status: { phase?: string } }>("PATCH", path, body);
    if (status.phase !== "Terminating") return;
    await sleep(500);
  }
}

/** Opens every port of the farm to that namespace. */
export async function openDoors(): Promise<void> {
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": CONTROL_NAMESPACE } } }];
  await kubeRequest("PATCH", DOOR, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "control", namespace: "monofarm" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from }] },
  });
}

/** Closes them again. */
export async function closeDoors(): Promise<void> {
  await kubeRequest("DELETE", DOOR);
}

/** Brings the worker's tokens to the namespace. */
async function bringTokens(): Promise<void> {
  const servers = ["browser", "scheduler", "storage"] as const;
  const tokens = await Promise.all(servers.map(async (server) => [server, await tokenOf("worker", server)] as const));
  await kubeRequest("PATCH", `/api/v1/namespaces/${CONTROL_NAMESPACE}/secrets/tokens`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "tokens", namespace: CONTROL_NAMESPACE },
    stringData: Object.fromEntries(tokens),
  });
}

const DOOR = "/apis/networking.k8s.io/v1/namespaces/monofarm/networkpolicies/control";
const PODS = `/api/v1/namespaces/${CONTROL_NAMESPACE}/pods`;

/** Starts a copy of the farm's worker without each of these walls, and waits until they take actions. */
export async function startControlWorkers(walls: readonly Without[] = WALLS): Promise<void> {
  await makeNamespace();
  await openDoors();
  await bringTokens();
  type Deployment = { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  const path = "/apis/apps/v1/namespaces/monofarm/deployments/worker-amd64-wide";
  const { spec } = (await kubeRequest<Deployment>("GET", path)).spec.template;
  for (const wall of walls) await startWithout(wall, spec);
  type Pod = { readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] } };
  for (const wall of walls) {
    for (let ready = false; !ready;) {
      await sleep(500);
      const { status } = await kubeRequest<Pod>("GET", `${PODS}/${named(wall)}`);
      ready = status.containerStatuses?.every((container) => container.ready) ?? false;
    }
  }
}

/** Takes them away, with all that was made for them. */
export async function stopControlWorkers(): Promise<void> {
  await closeDoors();
  await removeNamespace();
}

/** Takes the namespace away, with all that is in it. */
export async function removeNamespace(): Promise<void> {
  await kubeRequest("DELETE", `/api/v1/namespaces/${CONTROL_NAMESPACE}`);
}

async function startWithout(wall: Without, worker: PodSpec): Promise<void> {
  const name = named(wall);
  const spec = structuredClone(worker);
  const files: Record<string, string> = {};
  for (const { configMap } of spec.volumes) {
    if (configMap === undefined) continue;
    const path = `/api/v1/namespaces/monofarm/configmaps/${configMap.name}`;
    Object.assign(files, (await kubeRequest<{ data: Record<string, string> }>("GET", path)).data);
    configMap.name = name;
  }
  const configuration = JSON.parse(
    (files["worker.json"] ?? "").replaceAll(/std\.extVar\('(\w+)'\)/g, '"$1"'),
  ) as Configuration & WorkerConfiguration;
  for (const { runners } of configuration.buildDirectories) {
    for (const runner of runners) {
      const [property] = Object.entries(controlProperty(wall)).map(([key, value]) => ({ name: key, value }));
      runner.platform.properties = [...runner.platform.properties, property ?? {}];
      Object.assign(runner, { workerId: { pod: name } });
    }
  }
  files["worker.json"] = JSON.stringify(configuration);
  for (const one of wall === "every wall" ? WALLS : [wall]) takeAway(one, spec, files);
  for (const container of [...spec.initContainers, ...spec.containers])
    container.resources = { requests: { cpu: "10m", memory: "64Mi" } };
  spec.volumes = spec.volumes.map((volume) =>
    volume.name === "tokens" ? ({ name: "tokens", secret: { secretName: "tokens" } } as typeof volume) : volume,
  );
  delete spec.serviceAccountName;
  delete spec.serviceAccount;
  await kubeRequest("PATCH", `/api/v1/namespaces/${CONTROL_NAMESPACE}/configmaps/${name}`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: CONTROL_NAMESPACE },
    data: files,
  });
  const metadata = { name, namespace: CONTROL_NAMESPACE, labels: { "app.kubernetes.io/name": "control" } };
  const dns = { dnsConfig: { searches: ["monofarm.svc.cluster.local"] } };
  const body = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...spec, ...dns, restartPolicy: "Always" } };
  await kubeRequest("POST", PODS, body);
}

/** Takes one wall away, and no other. */
function takeAway(wall: Wall, spec: PodSpec, files: Record<string, string>): void {
  const runner = spec.initContainers.find(({ name }) => name === "runner");
  const prepare = spec.initContainers.find(({ name }) => name === "prepare");
  if (runner === undefined || prepare === undefined) throw new Error("a worker without a runner");
  const configuration = JSON.parse(files["runner.json"] ?? "") as Configuration;
  if (wall === "confine") {
    runner.command = runner.command.filter((word) => !/confine$|^-file-bytes/.test(word));
  } else if (wall === "action user") {
    delete configuration["runCommandsAs"];
    delete configuration["runCommandCleaner"];
    configuration["cleanProcessTable"] = false;
  } else if (wall === "tokens apart") {
    runner.volumeMounts.push({ name: "tokens", mountPath: "/tokens", readOnly: true });
  } else if (wall === "cleaning") {
    delete configuration["runCommandCleaner"];
    configuration["cleanProcessTable"] = false;
    configuration["cleanTemporaryDirectories"] = [];
  } else {
    prepare.command = prepare.command.map((word) => word.replace("chmod 0711", "chmod 0777"));
  }
  files["runner.json"] = JSON.stringify(configuration);
}

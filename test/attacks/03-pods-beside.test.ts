import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { call, kubeRequest } from "../../local/node/api";
import { API_SERVER } from "../../local/node/layout";
import { stackOutputs } from "../../local/stack/pulumi";
import { presentTools } from "../../local/toolbox/toolbox";
import type { FarmOutputs } from "../../stacks/outputs";
import { addressOf } from "../farm/identities";
import { closeDoors, CONTROL_NAMESPACE, makeNamespace, openDoors, removeNamespace } from "./control-workers";
import { Score } from "./score";

const score = new Score("pods beside");
let clientImage: string;

beforeAll(async () => {
  clientImage = (await stackOutputs<FarmOutputs>(await presentTools(), "local")).clientImage;
  await makeNamespace();
});
afterAll(async () => {
  await removeNamespace();
  process.stdout.write(score.table());
});

/** Which of these addresses a pod of a namespace can open a connection to. */
async function reached(namespace: string, doors: readonly (readonly [string, number])[]): Promise<boolean[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const name = `doors-${Date.now()}`;
  const tries = doors.map(
    ([host, port]) => `timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`,
  );
  await kubeRequest("POST", path, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": "release" } },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "doors",
          image: clientImage,
          imagePullPolicy: "Never",
          // Policies are in force a moment after the pod's address is known.
          env: [{ name: "MONOFARM_JOB_DIGEST", value: "0".repeat(64) }],
          command: ["/bin/bash", "-c", `sleep 3; ${tries.join("; ")}`],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  try {
    for (let phase = ""; !/Succeeded|Failed/.test(phase);) {
      await sleep(500);
      phase = (await kubeRequest<{ status: { phase: string } }>("GET", `${path}/${name}`)).status.phase;
    }
    return (await logOf(`${path}/${name}`))
      .trim()
      .split("\n")
      .map((line) => line === "yes");
  } finally {
    await kubeRequest("DELETE", `${path}/${name}`);
  }
}

async function logOf(pod: string): Promise<string> {
  return (await call("GET", `${API_SERVER}${pod}/log`)).body;
}

async function doors() {
  const [storage, scheduler, frontend, worker, browser] = await Promise.all(
    ["storage", "scheduler", "frontend", "worker", "browser"].map(addressOf),
  );
  return [
    ["the storage", storage, 8981],
    ["the scheduler, as a client", scheduler, 8982],
    ["the scheduler, as a worker", scheduler, 8983],
    ["the scheduler's queues", scheduler, 8984],
    ["the scheduler's pages", scheduler, 7982],
    ["what workers tell the browser", browser, 7985],
    ["the browser's collector of traces", browser, 4317],
    ["the frontend", frontend, 8980],
    ["the frontend's metrics", frontend, 9980],
    ["the worker's metrics", worker, 9980],
    ["the S3 server", "s3.monofarm", 7070],
  ] as (readonly [string, string, number])[];
}

test("a pod of another namespace reaches no part of the farm", async () => {
  const all = await doors();
  const places = all.map(([, host, port]) => [host, port] as const);
  const attack = await reached(CONTROL_NAMESPACE, places);
  await openDoors();
  const control = await reached(CONTROL_NAMESPACE, places);
  await closeDoors();
  for (const [index, [name]] of all.entries())
    score.add({
      attack: `${name}, from another namespace`,
      wall: "network policies",
      succeeded: attack[index] ?? true,
      control: control[index],
    });
  expect(attack).toEqual(all.map(() => false));
  expect(control).toEqual(all.map(() => true));
});

test("a release's pod reaches the S3 server and the frontend, and nothing else of the farm", async () => {
  const all = [...(await doors()), ["the API server", "10.244.0.1", 6443] as const];
  const found = await reached(
    "monofarm-release",
    all.map(([, host, port]) => [host, port] as const),
  );
  const open = all.filter((_, index) => found[index]).map(([name]) => name);
  for (const [index, [name]] of all.entries())
    if (!["the frontend", "the S3 server"].includes(name))
      score.add({
        attack: `${name}, from a release's pod`,
        wall: "network policies",
        succeeded: found[index] ?? true,
        control: undefined,
      });
  expect(open).toEqual(["the frontend", "the S3 server"]);
});

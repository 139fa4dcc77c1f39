import { setTimeout as sleep } from "node:timers/promises";

import { expect, test, vi } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { queueNow } from "../../local/release/queue";
import { pidsOf, release } from "./cluster";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly status: {
      readonly containerStatuses?: readonly { readonly name: string; readonly restartCount: number }[];
    };
  }[];
}

const PODS = "/api/v1/namespaces/monofarm/pods";

async function workerPods(): Promise<Pods["items"]> {
  return (await kubeRequest<Pods>("GET", `${PODS}?labelSelector=app.kubernetes.io%2Fname%3Dworker`)).items;
}

/** Waits until an action runs; a release that ends before one does is shown. */
async function untilRunning(building: Promise<{ readonly stderr: string }>): Promise<void> {
  let ended: string | undefined;
  const end = ({ stderr }: { readonly stderr: string }) => (ended = stderr);
  building.then(end, (error: unknown) => (ended = String(error)));
  while ((await running()) === 0) {
    if (ended !== undefined) throw new Error(`no action ran: ${ended}`);
    await sleep(200);
  }
}

async function running(): Promise<number> {
  return (await queueNow("monofarm"))?.running ?? 0;
}

async function workerRestarts(): Promise<number> {
  const items = await workerPods();
  const workers = items.flatMap(({ status }) => status.containerStatuses ?? []).filter(({ name }) => name === "worker");
  return workers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

test("a worker that is killed during an action costs time, not the build", async () => {
  const before = await workerRestarts();
  const building = release("--again", "//smoke:sleep");
  await untilRunning(building);
  const victims = pidsOf("/usr/local/bin/bb_worker");
  expect(victims.length).toBeGreaterThan(0);
  for (const pid of victims) process.kill(pid, "SIGKILL");

  const { code, release: outcome, stderr } = await building;
  expect(code, stderr).toBe(0);
  expect(outcome.verdicts).toMatchObject([{ label: "//smoke:sleep", status: "built" }]);
  expect(await workerRestarts()).toBeGreaterThan(before);
});

test("a worker that is told to stop ends its action first, and then at once", async () => {
  // With one worker of its class it is known which one builds.
  const narrow = async () =>
    (await workerPods()).filter(({ metadata }) => metadata.labels["farm.build/class"] === "narrow");
  await vi.waitUntil(async () => (await narrow()).length === 1, { timeout: 300_000, interval: 1000 });
  const building = release("--again", "//smoke:sleep");
  await untilRunning(building);
  const name = (await narrow())[0]?.metadata.name ?? "no worker";
  await kubeRequest("DELETE", `${PODS}/${name}`);
  let looks = 0;
  for (; (await running()) > 0; looks++) {
    expect((await workerPods()).map(({ metadata }) => metadata.name)).toContain(name);
    await sleep(500);
  }
  expect(looks).toBeGreaterThan(3);

  const { code, release: outcome, stderr } = await building;
  expect(code, stderr).toBe(0);
  expect(outcome.verdicts).toMatchObject([{ label: "//smoke:sleep", status: "built" }]);
  while ((await workerPods()).some(({ metadata }) => metadata.name === name)) await sleep(500);
});

test("a red target makes the release red, and shows the end of its log", async () => {
  const { code, release: outcome } = await release("//smoke:broken", "//smoke:hello");
  expect(code).toBe(1);
  const byLabel = new Map(outcome.verdicts.map((verdict) => [verdict.label, verdict]));
  expect(byLabel.get("//smoke:hello")?.status).toBe("cached");
  expect(byLabel.get("//smoke:broken")).toMatchObject({ status: "failed" });
  expect(byLabel.get("//smoke:broken")?.message).toContain("this target fails on purpose");
});

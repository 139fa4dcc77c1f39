import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { queueNow } from "../../local/release/queue";
import { pidsOf, release } from "./cluster";

interface Pods {
  readonly items: readonly {
    readonly status: {
      readonly containerStatuses?: readonly { readonly name: string; readonly restartCount: number }[];
    };
  }[];
}

async function workerRestarts(): Promise<number> {
  const { items } = await kubeRequest<Pods>(
    "GET",
    "/api/v1/namespaces/monofarm/pods?labelSelector=app.kubernetes.io%2Fname%3Dworker",
  );
  const workers = items.flatMap(({ status }) => status.containerStatuses ?? []).filter(({ name }) => name === "worker");
  return workers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

test("a worker that is killed during an action costs time, not the build", async () => {
  const before = await workerRestarts();
  const building = release("--again", "//smoke:sleep");
  while (((await queueNow("monofarm"))?.running ?? 0) === 0) await sleep(200);
  const victims = pidsOf("/usr/local/bin/bb_worker");
  expect(victims.length).toBeGreaterThan(0);
  for (const pid of victims) process.kill(pid, "SIGKILL");

  const { code, release: outcome, stderr } = await building;
  expect(code, stderr).toBe(0);
  expect(outcome.verdicts).toMatchObject([{ label: "//smoke:sleep", status: "built" }]);
  expect(await workerRestarts()).toBeGreaterThan(before);
});

test("a red target makes the release red, and shows the end of its log", async () => {
  const { code, release: outcome } = await release("//smoke:broken", "//smoke:hello");
  expect(code).toBe(1);
  const byLabel = new Map(outcome.verdicts.map((verdict) => [verdict.label, verdict]));
  expect(byLabel.get("//smoke:hello")?.status).toBe("cached");
  expect(byLabel.get("//smoke:broken")).toMatchObject({ status: "failed" });
  expect(byLabel.get("//smoke:broken")?.message).toContain("this target fails on purpose");
});

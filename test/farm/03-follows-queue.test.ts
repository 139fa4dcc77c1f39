import { setTimeout as sleep } from "node:timers/promises";

import { expect, test, vi } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { frontendClient, platform } from "./identities";

const SCALE = "/apis/apps/v1/namespaces/monofarm/deployments/worker-amd64-narrow/scale";

/** Pods that the pool of narrow workers is asked for. */
async function workers(): Promise<number> {
  return (await kubeRequest<{ spec: { replicas?: number } }>("GET", SCALE)).spec.replicas ?? 0;
}

const untilWorkers = (count: number, seconds: number) =>
  vi.waitUntil(async () => (await workers()) === count, { timeout: seconds * 1000, interval: 1000 });

test("a pool has one more worker for an action that waits, and one less when nobody has wanted it for a while", async () => {
  await untilWorkers(1, 300);
  const frontend = await frontendClient();
  const asked = { platform: await platform("amd64", "narrow") };
  const long = frontend.execute({ ...asked, arguments: ["/bin/sleep", "120"] });
  let isLongDone = false;
  void long.finally(() => (isLongDone = true));
  await sleep(2000);

  // The only worker is busy: this one waits for the next.
  const short = await frontend.execute({ ...asked, arguments: ["/bin/sh", "-c", "echo built"] });
  expect(short.stdout.trim()).toBe("built");
  expect(isLongDone).toBe(false);
  expect(await workers()).toBe(2);

  expect((await long).exitCode).toBe(0);
  await untilWorkers(1, 180);
});

test("who scales workers may do nothing else to them", async () => {
  const review = async (resource: string, subresource: string, verb: string, name: string) => {
    const resourceAttributes = { namespace: "monofarm", group: "apps", resource, subresource, verb, name };
    const spec = { user: "system:serviceaccount:monofarm:autoscaler", resourceAttributes };
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
    const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    return (await kubeRequest<{ status: { allowed: boolean } }>("POST", path, body)).status.allowed;
  };
  expect(await review("deployments", "scale", "patch", "worker-amd64-narrow")).toBe(true);
  expect(await review("deployments", "scale", "patch", "scheduler")).toBe(false);
  // A pool of a fixed number is nobody's but the stack's.
  expect(await review("deployments", "scale", "patch", "worker-amd64-wide")).toBe(false);
  for (const verb of ["get", "patch", "update", "delete"])
    expect(await review("deployments", "", verb, "worker-amd64-narrow"), verb).toBe(false);
});

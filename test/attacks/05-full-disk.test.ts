import { statfsSync } from "node:fs";

import { expect, test } from "vitest";

import { STATE } from "../../local/directories";
import { kubeRequest } from "../../local/node/api";
import { within } from "../../local/node/supervise";
import { frontendClient, platform } from "../farm/identities";
import { Score } from "./score";

const GIB = 2 ** 30;

/** GiB that the action writes if it may, in files of 100 MiB: no single one is too large. */
const WANTED = 12;

/** Seconds until kubelet has seen it, and a new worker takes actions. */
const PATIENCE_SECONDS = 240;

interface Pods {
  readonly items: readonly { readonly status: { readonly phase?: string; readonly reason?: string } }[];
}

const evicted = async () => {
  const path = "/api/v1/namespaces/monofarm/pods?labelSelector=app.kubernetes.io%2Fname%3Dworker";
  const { items } = await kubeRequest<Pods>("GET", path);
  return items.filter(({ status }) => status.reason === "Evicted").length;
};

const freeGib = () => {
  const { bavail, bsize } = statfsSync(STATE);
  return (bavail * bsize) / GIB;
};

test("an action that fills the disk loses its worker, long before the node has no room", async () => {
  const client = await frontendClient();
  const [before, evictedBefore] = [freeGib(), await evicted()];
  const script = `for index in $(seq ${WANTED * 10}); do head -c 100M /dev/zero >full-$index || exit 1; done; echo BREACH; sleep 600`;
  const filling = client
    .execute({
      arguments: ["/bin/bash", "-c", script],
      environment: { PATH: "/usr/bin:/bin" },
      platform: await platform(),
    })
    .then(
      ({ stdout }) => stdout,
      (error: unknown) => String(error),
    );
  let most = 0;
  const wasEvicted = await within(PATIENCE_SECONDS, async () => {
    most = Math.max(most, before - freeGib());
    return (await evicted()) > evictedBefore;
  });
  const score = new Score("an action that fills the disk");
  score.add({
    attack: `${WANTED} GiB in files of 100 MiB`,
    wall: "limits of volumes",
    succeeded: !wasEvicted,
    control: undefined,
  });
  process.stdout.write(`${score.table()}It took ${most.toFixed(1)} GiB of the node's disk at most\n`);
  expect(wasEvicted).toBe(true);
  expect(await filling).not.toContain("BREACH");
  // The next one has a worker, and room.
  const again = await (
    await frontendClient()
  ).execute({
    arguments: ["/bin/bash", "-c", "head -c 100M /dev/zero >file && echo room"],
    environment: { PATH: "/usr/bin:/bin" },
    platform: await platform(),
  });
  expect(again.stdout).toBe("room\n");
  expect(await within(PATIENCE_SECONDS, () => Promise.resolve(freeGib() > before - 1))).toBe(true);
});

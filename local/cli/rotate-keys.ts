import { setTimeout as sleep } from "node:timers/promises";

import { KEYS } from "../../components/buildbarn/tokens";
import { UserError } from "../../components/user-error";
import { kubeRequest } from "../node/api";
import { withFarm } from "../node/farm-lock";
import { insideNamespace } from "../node/namespace";
import { ensureControlPlane } from "../node/node";
import { FARM_LAYOUT, paths } from "../node/layout";
import { beginsToSign, dropRetired, keyId, promote, publishNext } from "../node/signing-keys";
import { within } from "../node/supervise";
import { StreamProgress } from "../terminal/progress";
import { presentTools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm rotate-keys

Exchanges the key that signs the farm's tokens, while the farm works. The new key is shown first, to those who check
tokens; eight minutes after it was fetched, when all have read it, it signs. Tokens of the old key are good until they end, within the
hour; the old key is forgotten by the next exchange, two hours later at the soonest. Interrupted, the same command
carries on, and waits once more. Only the API server and the controller manager are started again.
`;

const NAMESPACE = "monofarm";

/** Seconds that fetching the keys may take. */
const FETCH_SECONDS = 120;

/** Seconds until every server has read what was fetched: a pod's files are two minutes late, BuildBarn five. */
const READ_SECONDS = 8 * 60;

export const command: Command = {
  usage,
  onMachine: true,
  inNamespace: true,
  run: async (args) => {
    options("./farm rotate-keys", args, {});
    if (!insideNamespace()) throw new UserError("./farm rotate-keys", "no farm that runs", "./farm up first");
    const tools = await presentTools();
    const progress = new StreamProgress();
    const { signingKeys: directory } = paths(FARM_LAYOUT);
    const restart = () => withFarm(() => ensureControlPlane(tools));

    const next = await progress.task("Show the new key", 10, async (report) => {
      // What an exchange that was interrupted left behind has begun to sign only now.
      if ((await restart()).length > 0) beginsToSign(directory);
      const count = dropRetired(directory, Date.now());
      const key = publishNext(directory);
      await restart();
      await fetchKeys();
      if (!(await within(FETCH_SECONDS, () => isFetched(keyId(key)))))
        throw new Error(
          `the keys' ConfigMap ${KEYS} has no new key after ${FETCH_SECONDS} s: see the Jobs token-keys-…`,
        );
      report.note(count === 0 ? "" : `(${count} old forgotten)`);
      return key;
    });
    await progress.task("Wait until all have read it", READ_SECONDS, async (report) => {
      for (let seconds = 0; seconds < READ_SECONDS; seconds++) {
        report.fraction(seconds / READ_SECONDS);
        await sleep(1000);
      }
    });
    await progress.task("Sign with it", 10, async () => {
      promote(next);
      await restart();
    });
    return 0;
  },
};

/** Starts the Job that fetches the keys, which otherwise comes every ten minutes. */
async function fetchKeys(): Promise<void> {
  const jobs = `/apis/batch/v1/namespaces/${NAMESPACE}`;
  const cronJob = await kubeRequest<{ spec: { jobTemplate: { metadata?: object; spec: object } } }>(
    "GET",
    `${jobs}/cronjobs/${KEYS}`,
  );
  const { metadata, spec } = cronJob.spec.jobTemplate;
  await kubeRequest("POST", `${jobs}/jobs`, {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, generateName: `${KEYS}-` },
    spec,
  });
}

async function isFetched(id: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${KEYS}`;
  const { data, binaryData } = await kubeRequest<{ data?: { jwks?: string }; binaryData?: { jwks?: string } }>(
    "GET",
    path,
  );
  return (data?.jwks ?? Buffer.from(binaryData?.jwks ?? "", "base64").toString()).includes(id);
}

import { setTimeout as sleep } from "node:timers/promises";
import { statSync } from "node:fs";

import { KEYS } from "../../components/buildbarn/tokens";
import { UserError } from "../../components/user-error";
import { kubeRequest } from "../node/api";
import { withFarm } from "../node/farm-lock";
import { insideNamespace } from "../node/namespace";
import { ensureControlPlane } from "../node/node";
import { FARM_LAYOUT, paths } from "../node/layout";
import { dropRetired, keyId, promote, publishNext } from "../node/signing-keys";
import { within } from "../node/supervise";
import { StreamProgress } from "../terminal/progress";
import { presentTools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm rotate-keys

Exchanges the key that signs the farm's tokens, while the farm works. The new key is shown first, to those who check
tokens; after nine minutes, when all have read it, it signs. Tokens of the old key are good until they end, within the
hour; the old key is forgotten by the next exchange, two hours later at the soonest. Interrupted, the same command
carries on. Only the API server and the controller manager are started again.
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

    const next = publishNext(directory);
    const forgotten = dropRetired(directory, Date.now());
    await progress.task("Show the new key", 10, async (report) => {
      await restart();
      await fetchKeys();
      if (!(await within(FETCH_SECONDS, () => isFetched(keyId(next)))))
        throw new Error(
          `the keys' ConfigMap ${KEYS} has no new key after ${FETCH_SECONDS} s: see the Jobs token-keys-…`,
        );
      report.note(forgotten === 0 ? "" : `(${forgotten} old forgotten)`);
    });
    await progress.task("Wait until all have read it", READ_SECONDS, async (report) => {
      const shown = statSync(next).mtimeMs;
      for (;;) {
        const seconds = (Date.now() - shown) / 1000;
        if (seconds >= READ_SECONDS) return;
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

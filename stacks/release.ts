import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { releaseCost } from "../components/matrix/farm-cost";
import { planFarmRelease } from "../components/matrix/farm-release";
import { ReleaseJobs } from "../components/matrix/jobs";
import { readIndex } from "../components/matrix/read-index";
import { storageWarnings } from "../components/matrix/storage-plan";
import { releasePolicies } from "../components/matrix/release-policies";
import { declareNetworkPolicies } from "../components/buildbarn/network-policies";
import { podSecurity } from "../components/platform/pod-security";
import { classesOf } from "../components/buildbarn/worker-class";
import { UserError } from "../components/user-error";
import { ambientKeys } from "./ambient-keys";
import { CLIENT_ACCOUNT, RELEASE_NAMESPACE } from "./farm";
import { readConfig } from "./config/read";
import { RELEASE_SLICES } from "./config/release";
import { isFactsFile, readFacts } from "./farm-facts";
import type { FarmOutputs, ReleaseOutputs } from "./outputs";

const MADE_BEFORE = "a farm that stands, of this version: pulumi up on its stack";

/** Where folders of the configuration start: the project, above `stacks`. */
const PROJECT = join(__dirname, "..");

/** One release: index → matrix → shards → Jobs, on the outputs of a farm. */
export async function release(): Promise<{ [Key in keyof ReleaseOutputs]: pulumi.Input<ReleaseOutputs[Key]> }> {
  const config = readConfig(RELEASE_SLICES);
  const index = readIndex(join(PROJECT, config.release.index));
  const { farm, credentials } = await farmOutputs(config.farm);
  const plan = planFarmRelease(
    { ...config.release, index },
    farm,
    `stacks/Pulumi.${pulumi.getStack()}.yaml: monofarm:release`,
  );

  for (const line of storageWarnings(plan.workingSet, farm.storage)) await pulumi.log.warn(line);

  const provider = new kubernetes.Provider("cluster", {
    kubeconfig: farm.kubeconfig,
    ...(farm.platform.context !== undefined && { context: farm.platform.context }),
    enableServerSideApply: true,
  });
  const namespace = new kubernetes.core.v1.Namespace(
    RELEASE_NAMESPACE,
    { metadata: { name: RELEASE_NAMESPACE, labels: podSecurity("restricted") } },
    { provider },
  ).metadata.name;
  const policies = declareNetworkPolicies(namespace, releasePolicies(farm.namespace, farm.egress), { provider });
  const access = declareAccess(namespace, credentials, { provider });
  new ReleaseJobs(
    "release",
    {
      plan,
      namespace,
      pods: {
        image: farm.clientImage,
        imagePullPolicy: farm.imagePullPolicy,
        gatewayImage: farm.gatewayImage,
        frontend: farm.endpoint,
        s3: farm.s3,
        ...access,
        workerImages: farm.workerImages,
        workerClasses: classesOf(farm.pools),
        emulated: [...new Set(farm.pools.filter(({ emulated }) => emulated).map(({ architecture }) => architecture))],
        pool: farm.clientPool,
      },
      after: policies,
    },
    { providers: [provider] },
  );
  const jobs = plan.jobs.map(({ name, architecture, digest, shards }) => ({
    name,
    architecture,
    digest,
    shards: shards.length,
  }));
  const cost = farm.platform.kind === "aws" ? releaseCost(plan) : undefined;
  return { id: plan.id, jobs, namespace, ...(cost !== undefined && { cost }) };
}

/**
 * A farm's outputs, and the keys that its pods need: of a farm's stack its own, of a file with facts, which holds no
 * secret, those of whoever runs this.
 */
async function farmOutputs(stack: string) {
  if (isFactsFile(stack)) {
    const farm = readFacts(join(PROJECT, stack));
    return { farm, credentials: farm.platform.kind === "aws" ? undefined : ambientKeys(process.env) };
  }
  const reference = new pulumi.StackReference(
    stack.includes("/") ? stack : `organization/${pulumi.getProject()}/${stack}`,
  );
  const value = async <Key extends keyof FarmOutputs>(key: Key) => {
    const details = await reference.getOutputDetails(key);
    if (details.value === undefined) throw new UserError(`stack ${stack}: ${key}`, "nothing", MADE_BEFORE);
    return details.value as FarmOutputs[Key];
  };
  const farm = {
    endpoint: await value("endpoint"),
    s3: await value("s3"),
    workerImages: await value("workerImages"),
    clientImage: await value("clientImage"),
    gatewayImage: await value("gatewayImage"),
    imagePullPolicy: await value("imagePullPolicy"),
    pools: await value("pools"),
    storage: await value("storage"),
    clientPool: await value("clientPool"),
    namespace: await value("namespace"),
    kubeconfig: await value("kubeconfig"),
    platform: await value("platform"),
    egress: await value("egress"),
  };
  const details = await reference.getOutputDetails("credentials");
  return { farm, credentials: (details.secretValue ?? details.value) as FarmOutputs["credentials"] };
}

/** What the pods of a release prove themselves with: their account, and at a store that knows no accounts its keys. */
function declareAccess(
  namespace: pulumi.Output<string>,
  credentials: FarmOutputs["credentials"],
  options: pulumi.CustomResourceOptions,
) {
  const account = new kubernetes.core.v1.ServiceAccount(
    CLIENT_ACCOUNT,
    { metadata: { name: CLIENT_ACCOUNT, namespace }, automountServiceAccountToken: false },
    options,
  );
  const serviceAccount = account.metadata.name;
  if (credentials === undefined) return { serviceAccount };
  const metadata = { name: "s3-credentials", namespace };
  const stringData = pulumi.secret({ ...credentials });
  const secret = new kubernetes.core.v1.Secret("s3-credentials", { metadata, stringData }, options);
  return { serviceAccount, credentialsSecret: secret.metadata.name };
}

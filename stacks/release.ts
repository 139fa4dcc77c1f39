import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { planFarmRelease } from "../components/matrix/farm-release";
import { ReleaseJobs } from "../components/matrix/jobs";
import { readIndex } from "../components/matrix/read-index";
import { releasePolicies } from "../components/matrix/release-policies";
import { declareNetworkPolicies } from "../components/buildbarn/network-policies";
import { podSecurity, RELEASE_NAMESPACE } from "./farm";
import { readConfig } from "./config/read";
import { RELEASE_SLICES } from "./config/release";
import type { FarmOutputs, ReleaseOutputs } from "./outputs";

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

  const provider = new kubernetes.Provider("cluster", { kubeconfig: farm.kubeconfig, enableServerSideApply: true });
  const namespace = new kubernetes.core.v1.Namespace(
    RELEASE_NAMESPACE,
    { metadata: { name: RELEASE_NAMESPACE, labels: podSecurity("restricted") } },
    { provider },
  ).metadata.name;
  const policies = declareNetworkPolicies(namespace, releasePolicies(farm.namespace), { provider });
  const secret = new kubernetes.core.v1.Secret(
    "s3-credentials",
    { metadata: { name: "s3-credentials", namespace }, stringData: credentials },
    { provider },
  );
  new ReleaseJobs(
    "release",
    {
      plan,
      namespace,
      pods: {
        image: farm.clientImage,
        imagePullPolicy: farm.imagePullPolicy,
        frontend: farm.endpoint,
        s3: farm.s3,
        credentialsSecret: secret.metadata.name,
        workerImages: farm.workerImages,
        emulated: farm.pools.filter(({ emulated }) => emulated).map(({ architecture }) => architecture),
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
  return { id: plan.id, jobs, namespace };
}

/** A farm's outputs; only the credentials stay an output, for they are secret. */
async function farmOutputs(stack: string) {
  const reference = new pulumi.StackReference(
    stack.includes("/") ? stack : `organization/${pulumi.getProject()}/${stack}`,
  );
  const value = async <Key extends keyof FarmOutputs>(key: Key) => {
    const details = await reference.getOutputDetails(key);
    return details.value as FarmOutputs[Key];
  };
  const farm = {
    endpoint: await value("endpoint"),
    s3: await value("s3"),
    workerImages: await value("workerImages"),
    clientImage: await value("clientImage"),
    imagePullPolicy: await value("imagePullPolicy"),
    pools: await value("pools"),
    clientPool: await value("clientPool"),
    namespace: await value("namespace"),
    kubeconfig: await value("kubeconfig"),
  };
  return { farm, credentials: reference.requireOutput("credentials") as pulumi.Output<FarmOutputs["credentials"]> };
}

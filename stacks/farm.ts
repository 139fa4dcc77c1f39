import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { Admission } from "../components/admission/admission";
import { S3_CLAIM, S3_PORT } from "../components/artifacts/server";
import { Autoscaler, AUTOSCALER, followingPools } from "../components/buildbarn/autoscaler";
import { BuildBarn } from "../components/buildbarn/buildbarn";
import { OUTSIDE_ACCOUNT } from "../components/buildbarn/outside";
import { clientBazelrc } from "../components/buildbarn/client-bazelrc";
import { declareNetworkPolicies, FRONTEND_ENTRANCE, networkPolicies } from "../components/buildbarn/network-policies";
import { storageClaims } from "../components/buildbarn/storage";
import { mostWorkers } from "../components/buildbarn/workers";
import { Observability } from "../components/observability/observability";
import { poolFor } from "../components/platform/platform";
import { podSecurity } from "../components/platform/pod-security";
import { STORAGE_KEY } from "../components/matrix/storage-plan";
import { UserError } from "../components/user-error";
import { admissionPolicies } from "../policies/admission";
import { RULES } from "../policies/rules";
import { declareArtifacts } from "./artifacts";
import { crossCheckFarm, FARM_SLICES } from "./config/farm";
import type { Values } from "./config/check";
import { readConfig } from "./config/read";
import { storageDemand } from "./config/storage";
import { declareWayIn } from "./entrance";
import { declareGithub } from "./github";
import type { FarmOutputs } from "./outputs";
import { place } from "./place";
import { tuningOf } from "./tuning";

/** Namespace of what lives long. */
export const FARM_NAMESPACE = "monofarm";

/** Namespace of the Jobs of releases. */
export const RELEASE_NAMESPACE = "monofarm-release";

/** Service account of the pods of releases. */
export const CLIENT_ACCOUNT = "client";

type Config = Values<typeof FARM_SLICES>;

/** What lives long: platform → admission → artifact store → BuildBarn → observability → autoscaler → GitHub. */
export function farm(): { readonly [Key in keyof FarmOutputs]: pulumi.Input<FarmOutputs[Key]> } {
  const config = readConfig(FARM_SLICES, crossCheckFarm);
  const demand = storageDemand(config.storage);
  const workers = workerPools(config);
  const claims = storageClaims(FARM_NAMESPACE, demand, STORAGE_KEY);
  const { own } = config.artifacts;

  const where = place(
    config,
    own === undefined ? claims : [...claims, { namespace: FARM_NAMESPACE, name: S3_CLAIM, bytes: own.volumeMiB }],
  );
  const { platform, outputs } = where;
  const { provider } = platform;
  const admission = new Admission("admission", {
    provider,
    namespaces: [FARM_NAMESPACE, RELEASE_NAMESPACE],
    policies: admissionPolicies(RULES, tuningOf(config.platform.kind)),
  });
  const namespace = new kubernetes.core.v1.Namespace(
    FARM_NAMESPACE,
    {
      metadata: {
        name: FARM_NAMESPACE,
        labels: podSecurity("baseline"),
      },
    },
    { provider, dependsOn: admission },
  ).metadata.name;
  const entrances = [FRONTEND_ENTRANCE, ...(own === undefined ? [] : [{ part: "s3", port: S3_PORT }])];
  const policies = networkPolicies(RELEASE_NAMESPACE, entrances, outputs.egress.dns);
  const after = declareNetworkPolicies(namespace, policies, { provider });
  const artifacts = declareArtifacts(config, where, namespace, {
    namespace: RELEASE_NAMESPACE,
    serviceAccount: CLIENT_ACCOUNT,
  });
  const buildbarn = new BuildBarn("buildbarn", {
    platform,
    namespace,
    namespaceName: FARM_NAMESPACE,
    clients: [
      { namespace: RELEASE_NAMESPACE, name: CLIENT_ACCOUNT },
      ...(config.entrance === undefined ? [] : [{ namespace: FARM_NAMESPACE, name: OUTSIDE_ACCOUNT }]),
    ],
    image: config.images.buildbarn,
    imagePullPolicy: config.images.pullPolicy,
    storage: demand,
    frontendReplicas: config.frontend.replicas,
    ...declareWayIn(config, where),
    workers,
    maximumExecutionSeconds: config.workers.maximumActionSeconds,
    after,
  });
  const follow = followingPools(workers).length > 0;
  if (config.images.prometheus !== undefined) {
    new Observability("observability", {
      platform,
      namespace,
      namespaceName: FARM_NAMESPACE,
      image: config.images.prometheus,
      imagePullPolicy: config.images.pullPolicy,
      ...(follow && { askedBy: [AUTOSCALER] }),
    });
  }
  if (follow) {
    new Autoscaler("autoscaler", {
      platform,
      namespace,
      namespaceName: FARM_NAMESPACE,
      image: config.images.client,
      imagePullPolicy: config.images.pullPolicy,
      workers,
      idleSeconds: config.workers.idleSeconds,
    });
  }

  const client = poolFor(platform, "client", "amd64") ?? poolFor(platform, "client", "arm64");
  const workerImages = Object.fromEntries(workers.map((pool) => [pool.architecture, pool.workerImage]));
  const told = {
    endpoint: buildbarn.endpoint,
    ...artifacts,
    workerImages,
    ...(where.aws !== undefined && {
      bazelrc: pulumi.output(buildbarn.endpoint).apply((endpoint) => clientBazelrc(endpoint, workers)),
    }),
    clientImage: config.images.client,
    gatewayImage: config.images.buildbarn,
    imagePullPolicy: config.images.pullPolicy,
    pools: workers.map(({ architecture, workerClass, replicas }) => ({
      architecture,
      workerClass,
      emulated: poolFor(platform, "worker", architecture)?.emulated ?? false,
      concurrency: mostWorkers({ replicas }),
    })),
    storage: demand,
    clientPool: { nodeSelector: client?.nodeSelector ?? {}, tolerations: client?.tolerations ?? [] },
    namespace,
    ...outputs,
  };
  return { ...told, ...declareGithub(config, where, podSecurity("restricted"), RELEASE_NAMESPACE, told) };
}

function workerPools({ workers, images }: Config) {
  return workers.pools.map(({ architecture, class: workerClass, replicas, cpu, memory, inputCacheMiB, diskMiB }) => {
    const workerImage = images.workers[architecture];
    if (workerImage === undefined) {
      throw new UserError(
        `monofarm:images.workers.${architecture}`,
        "nothing",
        `an image by digest, for monofarm:workers has a pool of ${architecture}`,
      );
    }
    return {
      architecture,
      workerClass,
      replicas,
      workerImage,
      action: { cpu, memory },
      inputCacheBytes: inputCacheMiB,
      diskBytes: diskMiB,
    };
  });
}

import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { gatewayConfiguration } from "../buildbarn/configuration/gateway";
import { configurationFiles, declareFiles } from "../buildbarn/configuration-files";
import { program, selector } from "../buildbarn/pod";
import { TOKENS_MOUNT, tokensVolume } from "../buildbarn/tokens";

const NAME = "gateway";

/** @param frontend `grpc://host:port` */
function files(frontend: string) {
  return configurationFiles(NAME, { [NAME]: gatewayConfiguration(frontend.replace(/^grpc:\/\//, "")) });
}

/** The volumes of a gateway: its configuration, and the pod's token for the frontend. */
export function gatewayVolumes(frontend: string): kubernetes.types.input.core.v1.Volume[] {
  return [files(frontend).volume, tokensVolume("frontend")];
}

/** A native sidecar that takes a client's calls and shows the pod's token for them; the client itself has none. */
export function gatewayContainer(
  image: pulumi.Input<string>,
  imagePullPolicy: pulumi.Input<string>,
): kubernetes.types.input.core.v1.Container {
  const needs = { cpu: "50m", memory: "512Mi" };
  return { ...program("bb_storage", NAME, { image, imagePullPolicy }, needs, [TOKENS_MOUNT]), restartPolicy: "Always" };
}

/** Declares the gateways' configuration; it stays as long as its namespace, for a Job that runs may yet need it. */
export function declareGateway(
  namespace: pulumi.Input<string>,
  frontend: string,
  options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const metadata = { namespace, labels: selector(NAME) };
  return declareFiles(NAME, files(frontend), metadata, { ...options, retainOnDelete: true });
}

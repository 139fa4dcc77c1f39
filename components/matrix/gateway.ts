import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { gatewayConfiguration } from "../buildbarn/configuration/gateway";
import { configurationFiles, configVolume, program, selector } from "../buildbarn/pod";
import { TOKENS_MOUNT, tokensVolume } from "../buildbarn/tokens";

const NAME = "gateway";

/** The volumes of the gateway: its configuration, and the pod's token for the frontend. */
export const GATEWAY_VOLUMES = [configVolume(NAME), tokensVolume("frontend")];

/** A native sidecar that takes a client's calls and shows the pod's token for them; the client itself has none. */
export function gatewayContainer(
  image: pulumi.Input<string>,
  imagePullPolicy: pulumi.Input<string>,
): kubernetes.types.input.core.v1.Container {
  const sidecar = program("bb_storage", NAME, { image, imagePullPolicy }, { cpu: "50m", memory: "512Mi" }, [TOKENS_MOUNT]);
  return { ...sidecar, restartPolicy: "Always" };
}

/**
 * Declares the gateways' configuration.
 * @param frontend `grpc://host:port`
 */
export function declareGateway(
  namespace: pulumi.Input<string>,
  frontend: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const data = pulumi.output(frontend).apply((url) => {
    const configuration = gatewayConfiguration(url.replace(/^grpc:\/\//, ""));
    return { ...configurationFiles({ [NAME]: configuration }).data };
  });
  return new kubernetes.core.v1.ConfigMap(NAME, { metadata: { name: NAME, namespace, labels: selector(NAME) }, data }, options);
}

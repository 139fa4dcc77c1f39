import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import pin from "../../charts/gha-runner-scale-set-controller/chart.json";
import values from "../../charts/gha-runner-scale-set-controller/values.json";
import type { NodePool } from "../platform/platform";

/** The controller's version: sets of runners that name another major.minor are deleted by it. */
export const CONTROLLER_VERSION = pin.version;

/** Name of the controller's service account, whom sets of runners give their rights to. */
export const CONTROLLER_ACCOUNT = values.serviceAccount.name;

/** Arguments of the controller of sets of runners. */
export interface ControllerArgs {
  readonly namespace: pulumi.Input<string>;
  /** The one namespace that it looks into: it needs no rights in any other. */
  readonly watched: pulumi.Input<string>;
  /** By digest. @default the image of the chart's own version */
  readonly image?: string;
  readonly pool: NodePool;
}

/**
 * Declares GitHub's controller by its own chart, pulled by digest (charts/gha-runner-scale-set-controller). A release,
 * not a rendered chart: rendering asks a cluster what it can, and at the first preview there is none.
 */
export function declareController(
  args: ControllerArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    "runner-controller",
    {
      name: values.fullnameOverride,
      namespace: args.namespace,
      chart: `${pin.chart}@${pin.digest}`,
      atomic: true,
      timeout: 300,
      values: {
        ...values,
        image: imageValues(args.image ?? pin.image),
        flags: { ...values.flags, watchSingleNamespace: args.watched },
        nodeSelector: { ...args.pool.nodeSelector },
        tolerations: args.pool.tolerations.map((toleration) => ({ ...toleration })),
      },
    },
    options,
  );
}

/** An image by digest as the chart takes it, which puts a colon between its two parts: the tag before the digest is for show. */
export function imageValues(image: string): { repository: string; tag: string } {
  const [name = "", digest = ""] = image.split("@");
  return { repository: name.replace(/:[^:/]*$/, ""), tag: `${pin.version}@${digest}` };
}

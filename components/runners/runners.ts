import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { declareNetworkPolicies } from "../buildbarn/network-policies";
import { type Architecture, type DnsPods, neededPool, type Platform } from "../platform/platform";
import { declareControllerRights, outboundTls } from "./access";
import { declareController } from "./controller";
import type { GithubApp } from "./github-app";
import { declareScaleSet, type RunnerSet, runsOn } from "./scale-set";

/** Namespace of the runners' pods. */
export const RUNNERS_NAMESPACE = "monofarm-runners";

/** Namespace of the controller and its listeners. */
export const CONTROLLER_NAMESPACE = "monofarm-runner-controller";

/** Arguments of GitHub's runners on a farm. */
export interface RunnersArgs {
  readonly platform: Platform;
  /** Labels of both namespaces: what their pods may be. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** The organization that the runners work for. */
  readonly organization: string;
  /** Name of the group that says which workflows get them. */
  readonly group: pulumi.Input<string>;
  /** May do nothing but register runners of the organization: its key is in the cluster. */
  readonly app: GithubApp;
  readonly images: {
    /** By digest. @default the controller's own */
    readonly controller?: string;
    /** By digest. */
    readonly runner: string;
  };
  /** One an architecture. */
  readonly sets: readonly RunnerSet[];
  /** Pods that answer for names. @default whatever address */
  readonly dns?: DnsPods;
}

/** GitHub's runners on a farm: a controller, and a set of runners for each architecture that lives for a job. */
export class Runners extends pulumi.ComponentResource {
  /** What a workflow's `runs-on` says, by architecture. */
  readonly runsOn: Partial<Readonly<Record<Architecture, string>>>;

  constructor(name: string, args: RunnersArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:runners:Runners", name, {}, options);
    const { platform } = args;
    const mine = { parent: this, provider: platform.provider };
    const [runners, controllers] = [RUNNERS_NAMESPACE, CONTROLLER_NAMESPACE].map(
      (namespace) =>
        new kubernetes.core.v1.Namespace(
          namespace,
          { metadata: { name: namespace, labels: { ...args.namespaceLabels } } },
          mine,
        ).metadata.name,
    ) as [pulumi.Output<string>, pulumi.Output<string>];
    const walls = [
      ...declareNetworkPolicies(runners, outboundTls("runners", args.dns), mine),
      ...declareNetworkPolicies(controllers, outboundTls("runner-controller", args.dns), mine),
    ];
    const controller = declareController(
      {
        namespace: controllers,
        watched: runners,
        pool: neededPool(platform, "system"),
        ...(args.images.controller !== undefined && { image: args.images.controller }),
      },
      { ...mine, dependsOn: walls },
    );
    const rights = declareControllerRights(runners, controllers, mine);
    const account = new kubernetes.core.v1.ServiceAccount(
      "runner",
      { metadata: { name: "runner", namespace: runners }, automountServiceAccountToken: false },
      mine,
    );
    const secret = new kubernetes.core.v1.Secret(
      "github-app",
      { metadata: { name: "github-app", namespace: runners }, stringData: pulumi.secret(secretOf(args.app)) },
      mine,
    );
    for (const set of args.sets) {
      declareScaleSet(
        {
          namespace: runners,
          url: `https://github.com/${args.organization}`,
          group: args.group,
          secret: secret.metadata.name,
          serviceAccount: account.metadata.name,
          image: args.images.runner,
          pool: neededPool(platform, "client", set.architecture),
          set,
        },
        // A set goes before all that the controller needs to take it back from GitHub, else both hang.
        { ...mine, dependsOn: [...walls, controller, ...rights, account, secret] },
      );
    }
    this.runsOn = Object.fromEntries(args.sets.map(({ architecture }) => [architecture, runsOn(architecture)]));
    this.registerOutputs({ runsOn: this.runsOn });
  }
}

/** The keys that the controller reads; all of them texts. */
function secretOf({ id, installationId, privateKey }: GithubApp) {
  return {
    github_app_id: id,
    github_app_installation_id: installationId,
    github_app_private_key: privateKey,
  };
}

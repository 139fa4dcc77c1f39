import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { AdmissionPolicy } from "../../policies/admission";

/** What `Admission` takes. */
export interface AdmissionArgs {
  readonly provider: kubernetes.Provider;
  /** Namespaces in which the policies hold; whatever else is in the cluster is not asked about. */
  readonly namespaces: readonly string[];
  readonly policies: readonly AdmissionPolicy[];
}

/** The label that the API server itself gives each namespace, and that nobody can take away. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/**
 * Rules that the cluster's API server holds by itself, whoever asks: Pulumi, kubectl, a controller, a Job of CI. It judges
 * objects when they are made or changed, not those that are there already.
 */
export class Admission extends pulumi.ComponentResource {
  constructor(name: string, args: AdmissionArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:admission:Admission", name, {}, options);
    const mine = { parent: this, provider: args.provider };
    const namespaceSelector = {
      matchExpressions: [{ key: NAMESPACE_NAME, operator: "In", values: [...args.namespaces] }],
    };
    for (const { name: rule, action, spec } of args.policies) {
      const metadata = { name: `monofarm-${rule}`, labels: { "app.kubernetes.io/part-of": "monofarm" } };
      const policy = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(rule, { metadata, spec }, mine);
      new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        rule,
        {
          metadata,
          spec: {
            policyName: metadata.name,
            validationActions: [action],
            matchResources: { namespaceSelector },
          },
        },
        { ...mine, dependsOn: policy },
      );
    }
    this.registerOutputs();
  }
}

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { dependencies } from "./pod";

/**
 * Declares the account of a program that asks the API server, and what it may there: in its own namespace, and no more.
 * @param metadata of account, Role and RoleBinding, which all have the program's name
 */
export function declareAccount(
  metadata: {
    readonly name: string;
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
  },
  rules: kubernetes.types.input.rbac.v1.PolicyRule[],
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { name, namespace } = metadata;
  const account = new kubernetes.core.v1.ServiceAccount(name, { metadata }, options);
  const role = new kubernetes.rbac.v1.Role(name, { metadata, rules }, options);
  const binding = new kubernetes.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    { ...options, dependsOn: [...dependencies(options), role, account] },
  );
  return [account, binding];
}

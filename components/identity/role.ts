import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { PolicyDocument } from "./policy-document";

/** Arguments of a role. */
export interface RoleArgs {
  /** Who may take it. */
  readonly trust: pulumi.Input<PolicyDocument>;
  /** ARNs of AWS' own policies. @default none */
  readonly managed?: readonly string[];
  /** What else it may do. @default nothing */
  readonly policy?: pulumi.Input<PolicyDocument>;
  /** Seconds that whoever takes it may keep it, 43200 at most. @default 3600 */
  readonly sessionSeconds?: number;
}

/** Declares a role, and what it may do. */
export function declareRole(name: string, args: RoleArgs, options: pulumi.CustomResourceOptions): aws.iam.Role {
  const assumeRolePolicy = pulumi.output(args.trust).apply((document) => JSON.stringify(document));
  const role = new aws.iam.Role(
    name,
    { assumeRolePolicy, ...(args.sessionSeconds !== undefined && { maxSessionDuration: args.sessionSeconds }) },
    options,
  );
  for (const policyArn of args.managed ?? []) {
    const policy = `${name}-${policyArn.split("/").at(-1) ?? ""}`;
    new aws.iam.RolePolicyAttachment(policy, { role: role.name, policyArn }, options);
  }
  if (args.policy !== undefined) {
    const policy = pulumi.output(args.policy).apply((document) => JSON.stringify(document));
    new aws.iam.RolePolicy(name, { role: role.name, policy }, options);
  }
  return role;
}

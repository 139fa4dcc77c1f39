import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

interface Closures {
  serializeFunction: () => Promise<{ text: string; containsSecrets: boolean }>;
}

// Dynamic providers are sent to the engine as text, which the module system of the tests does not allow; what a provider
// does is tested on the running farm.
const closures = createRequire(__filename)("@pulumi/pulumi/runtime/closure/serializeClosure") as Closures;
closures.serializeFunction = () => Promise.resolve({ text: "", containsSecrets: false });

/** What AWS adds to whatever is made. */
const TOLD_BY_AWS = {
  endpoint: "https://cluster.example",
  certificateAuthority: { data: "" },
  identities: [{ oidcs: [{ issuer: "https://issuer.example" }] }],
  latestVersion: 1,
  resources: [{ autoscalingGroups: [{ name: "eks-group" }] }],
  dnsName: "balancer.example",
};

/** A resource as the engine was asked for it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** URN-like reference of the provider that it was given; empty for none. */
  readonly provider: string;
  /** What it was declared with. */
  readonly options: pulumi.CustomResourceOptions;
  /** Name of the component that it belongs to; empty for none. */
  readonly parent: string;
}

/** Runs a program against mocks and gives every resource that it declared, once all of them are. */
export async function record(
  program: () => pulumi.Output<unknown> | Promise<unknown>,
  isPreview = false,
  farmOutputs: Record<string, unknown> = {},
): Promise<Recorded[]> {
  const resources: Recorded[] = [];
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const names = new Map<pulumi.Resource, string>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        const declared = options.get(`${type} ${name}`) ?? {};
        const parent = (declared.parent && names.get(declared.parent)) ?? "";
        const given = inputs as Record<string, unknown>;
        resources.push({ type, name, inputs: given, provider: provider ?? "", options: declared, parent });
        const state = {
          ...(type === "pulumi:pulumi:StackReference" && { outputs: farmOutputs }),
          // What only AWS could tell: known after an update, unknown before.
          ...(type.startsWith("aws:") && !isPreview && { ...TOLD_BY_AWS, arn: `arn:aws:${type}:${name}`, name }),
          ...(inputs as object),
          ...(type === "kubernetes:core/v1:Service" && { spec: { clusterIP: "10.96.0.7" } }),
        };
        return { id: `${name}-id`, state };
      },
      call: () => ({}),
    },
    "monofarm",
    "test",
    isPreview,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
      names.set(resource, name);
      options.set(`${type} ${name}`, opts);
      return undefined;
    });
    const outputs: pulumi.Output<unknown> = pulumi.output(await program());
    // Outputs that stay unknown never come; every resource is awaited by the stack itself.
    if (!isPreview) await new Promise((resolve) => outputs.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  return resources;
}

/** Resources of one kind, by name. */
export function ofType(resources: readonly Recorded[], type: string): Map<string, Record<string, unknown>> {
  return new Map(resources.filter((resource) => resource.type === type).map(({ name, inputs }) => [name, inputs]));
}

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
const TOLD_BY_AWS = { endpoint: "https://cluster.example", certificateAuthority: { data: "" }, latestVersion: 1 };

/** A resource as the engine was asked for it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** URN-like reference of the provider that it was given; empty for none. */
  readonly provider: string;
  /** Name of the parent; empty where it is the stack. */
  readonly parent: string;
  /** Options that decide what may happen to it later. */
  readonly options: pulumi.CustomResourceOptions;
}

/** Runs a program against mocks and gives every resource that it declared, once all of them are. */
export async function record(program: () => pulumi.Output<unknown>, isPreview = false): Promise<Recorded[]> {
  const resources: Omit<Recorded, "parent" | "options">[] = [];
  const asked = new Map<string, pulumi.ResourceOptions>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        resources.push({ type, name, inputs: inputs as Record<string, unknown>, provider: provider ?? "" });
        const state = {
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
    // Mocks are not told options; a transformation is.
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      asked.set(`${type} ${name}`, opts);
      return undefined;
    });
    const outputs = program();
    // Outputs that stay unknown never come; every resource is awaited by the stack itself.
    if (!isPreview) await new Promise((resolve) => outputs.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  return resources.map((resource) => {
    const options = asked.get(`${resource.type} ${resource.name}`) ?? {};
    const { parent } = options as { parent?: { __name?: string } };
    return { ...resource, parent: parent?.__name ?? "", options };
  });
}

/** Resources of one kind, by name. */
export function ofType(resources: readonly Recorded[], type: string): Map<string, Record<string, unknown>> {
  return new Map(resources.filter((resource) => resource.type === type).map(({ name, inputs }) => [name, inputs]));
}

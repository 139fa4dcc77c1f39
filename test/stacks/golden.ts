import * as pulumi from "@pulumi/pulumi";

import { stringify } from "yaml";

import { asTexts } from "../../local/stack/stack-file";
import { farm } from "../../stacks/farm";
import { record, type Recorded } from "../components/recorder";

/** Values of a stack, by key. */
export type Values = Record<string, unknown>;

/**
 * Declares a whole farm.
 * @param isPreview as a first preview does: what only the cloud can tell is unknown
 */
export async function declareFarm(values: Values, isPreview = false): Promise<Recorded[]> {
  pulumi.runtime.setAllConfig(asTexts(values));
  return record(() => pulumi.output(farm()), isPreview);
}

/** A farm as a reviewer reads it: each resource under its parent, and of each the settings that matter. */
export function picture(resources: readonly Recorded[], settings: (resource: Recorded) => object): string {
  const children = (parent: string): object =>
    Object.fromEntries(
      resources
        .filter((resource) => resource.parent === parent && resource.type !== "pulumi:pulumi:Stack")
        .sort((a, b) => order(a).localeCompare(order(b)))
        .map((resource) => {
          const isComponent = resource.type.startsWith("monofarm:");
          const inner = { ...settings(resource), ...(isComponent ? children(resource.name) : {}) };
          return [`${resource.name} (${kind(resource.type)})`, Object.keys(inner).length === 0 ? "" : inner];
        }),
    );
  return stringify(children(""), { lineWidth: 0 });
}

function order({ name, type }: Recorded): string {
  return `${kind(type)} ${name}`;
}

function kind(type: string): string {
  return type.split(":").at(-1) ?? type;
}

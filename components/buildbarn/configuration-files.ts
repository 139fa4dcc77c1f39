import { createHash } from "node:crypto";

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { configurationFile } from "./configuration/server";

/** The files of a part, in the cluster. */
export interface ConfigurationFiles {
  readonly configMap: kubernetes.core.v1.ConfigMap;
  /** The volume `config` that brings them to a pod. */
  readonly volume: kubernetes.types.input.core.v1.Volume;
}

/**
 * Declares configurations as files, `<part>.json` each, of a ConfigMap that nobody can edit and whose name ends in a hash of
 * them: a change is another ConfigMap, which rolls the pods that name it, and the old one goes when they have rolled.
 * @param name of the resource, and of the ConfigMap before its hash
 */
export function declareConfiguration(
  name: string,
  configurations: Readonly<Record<string, object>>,
  metadata: { readonly namespace: pulumi.Input<string>; readonly labels: Readonly<Record<string, string>> },
  options: pulumi.CustomResourceOptions,
): ConfigurationFiles {
  const entries = Object.entries(configurations).map(([part, value]) => [`${part}.json`, configurationFile(value)]);
  const data = Object.fromEntries(entries) as Record<string, string>;
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 16);
  const hashed = `${name}-${hash}`;
  const configMap = new kubernetes.core.v1.ConfigMap(
    name,
    { metadata: { ...metadata, name: hashed }, immutable: true, data },
    options,
  );
  return { configMap, volume: { name: "config", configMap: { name: hashed } } };
}

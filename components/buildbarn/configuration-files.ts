import { createHash } from "node:crypto";

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { configurationFile } from "./configuration/server";

/** Files of a part: what they hold, and how they come to a pod. */
export interface Files {
  /** Name of the ConfigMap: it ends in a hash of what the files hold. */
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  /** The volume `config` that brings them to a pod. */
  readonly volume: kubernetes.types.input.core.v1.Volume;
}

/** The files of a part, in the cluster. */
export interface ConfigurationFiles extends Files {
  readonly configMap: kubernetes.core.v1.ConfigMap;
}

interface Metadata {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Writes configurations as files, `<part>.json` each.
 * @param name of the ConfigMap before its hash
 * @param texts further files by name
 */
export function configurationFiles(
  name: string,
  configurations: Readonly<Record<string, object>>,
  texts: Readonly<Record<string, string>> = {},
): Files {
  const entries = Object.entries(configurations).map(([part, value]) => [`${part}.json`, configurationFile(value)]);
  const data = { ...(Object.fromEntries(entries) as Record<string, string>), ...texts };
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 16);
  const hashed = `${name}-${hash}`;
  return { name: hashed, data, volume: { name: "config", configMap: { name: hashed } } };
}

/**
 * Declares files as a ConfigMap that nobody can edit and whose name ends in a hash of them: a change is another ConfigMap,
 * which rolls the pods that name it, and the old one goes when they have rolled.
 * @param name of the resource
 */
export function declareFiles(
  name: string,
  files: Files,
  metadata: Metadata,
  options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const args = { metadata: { ...metadata, name: files.name }, immutable: true, data: { ...files.data } };
  return new kubernetes.core.v1.ConfigMap(name, args, options);
}

/** Writes configurations as files and declares them. */
export function declareConfiguration(
  name: string,
  configurations: Readonly<Record<string, object>>,
  metadata: Metadata,
  options: pulumi.CustomResourceOptions,
  texts: Readonly<Record<string, string>> = {},
): ConfigurationFiles {
  const files = configurationFiles(name, configurations, texts);
  return { ...files, configMap: declareFiles(name, files, metadata, options) };
}

import { UNKNOWN } from "../predicates/condition";
import type { Resource } from "../rule";
import { allFlags } from "./bazel";
import { files } from "./documents";
import { type Call, starlarkCalls } from "./starlark";
import type { View } from "./view";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** Names of files that hold Starlark. */
export const STARLARK = /(^|\/)(BUILD|WORKSPACE|MODULE)(\.bazel)?$|\.bzl$/;

/** Calls in a workspace's Starlark: `$content.calls`, as of `starlarkCalls`. */
export const CALLS: View = {
  title: "Bazel's rules in Starlark",
  types: [CONFIG_MAP],
  subjects: files(STARLARK, readCalls),
};

export function readCalls(text: string): { calls: readonly Call[] } {
  return { calls: starlarkCalls(text) };
}

/** Platforms that say how actions are executed; `images` counts the images of all platforms of the same `Arch`. */
export const PLATFORMS: View = {
  title: "Bazel's platforms with exec_properties",
  types: [CONFIG_MAP],
  subjects: files(STARLARK, readPlatforms),
};

export function readPlatforms(text: string) {
  const properties = starlarkCalls(text)
    .filter((call) => call.rule === "platform" && call.with["exec_properties"] !== undefined)
    .map((call) => ({ name: call.with["name"], properties: call.with["exec_properties"] }));
  const known = properties.map(({ properties: one }) => one).filter((one) => one !== UNKNOWN) as Properties[];
  const imagesOf = (arch: unknown) =>
    new Set(known.filter((one) => one["Arch"] === arch).map((one) => one["container-image"])).size;
  const platforms = properties.map(({ name, properties: one }) => ({
    name,
    properties: one,
    images: one === UNKNOWN ? UNKNOWN : imagesOf((one as Properties)["Arch"]),
  }));
  return { platforms };
}

type Properties = Readonly<Record<string, unknown>>;

/** Workspaces with modules: `lock` is the lock file's contents, `flags` as of `bazelFlags`. */
export const MODULES: View = {
  title: "Bazel workspaces with modules",
  types: [CONFIG_MAP],
  subjects: ({ props }: Resource) => {
    const { data } = props as { data?: unknown };
    if (data === UNKNOWN) return [{ path: "data", value: UNKNOWN }];
    const texts = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (texts["MODULE.bazel"] === undefined) return [];
    const bazelrc = texts[".bazelrc"] ?? "";
    const flags = typeof bazelrc === "string" ? allFlags(bazelrc, texts) : bazelrc;
    return [{ path: "data", value: modules(texts["MODULE.bazel.lock"], flags) }];
  },
};

/** @param lock text of MODULE.bazel.lock, @param flags of .bazelrc */
export function modules(lock: unknown, flags: unknown) {
  return { lock: typeof lock === "string" ? parsed(lock) : lock, flags };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "no JSON";
  }
}

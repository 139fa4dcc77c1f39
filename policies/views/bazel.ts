import { UNKNOWN } from "../predicates/condition";
import type { Resource } from "../rule";
import { type BazelFlags, bazelFlags } from "./bazel-flags";
import { readRc, wordsByLine } from "./bazelrc";
import { CONFIG_MAPS } from "./cluster";
import { files } from "./documents";
import { podsOf, PODS } from "./pods";
import type { Subject, View } from "./view";

/**
 * Flags that Bazel runs with: rc files in ConfigMaps, and command lines of pods. `$content` is as of `bazelFlags`, with
 * `missing`: what an rc file imports that is not beside it.
 */
export const BAZEL: View = {
  title: "Bazel's flags in ConfigMaps and pods",
  types: [...CONFIG_MAPS.types, ...PODS.types],
  subjects: (resource) => (CONFIG_MAPS.types.includes(resource.type) ? rcFiles(resource) : commandLines(resource)),
};

function rcFiles(resource: Resource): Subject[] {
  const data = (resource.props["data"] ?? {}) as Readonly<Record<string, unknown>>;
  return files(/bazelrc/, (text) => allFlags(text, data))(resource);
}

/** The flags of an rc file, whatever commands and configurations they are for. @param data the files beside it */
export function allFlags(text: string, data: Readonly<Record<string, unknown>>): BazelFlags & { missing: unknown } {
  const { lines, missing } = readRc(text, (path) => data[path.split("/").at(-1) ?? ""]);
  return { ...bazelFlags(lines.flatMap((line) => line.flags)), missing };
}

const LISTS = ["containers", "initContainers"] as const;

function commandLines(resource: Resource): Subject[] {
  type Container = { command?: unknown; args?: unknown };
  return podsOf([resource]).flatMap(({ value, path }) => {
    const { spec } = value as { spec?: Partial<Record<(typeof LISTS)[number], unknown>> };
    return LISTS.flatMap((list) => {
      const containers = spec?.[list];
      if (!Array.isArray(containers)) return [];
      return (containers as (Container | null)[]).flatMap((container, index): Subject[] => {
        const { command = [], args = [] } = container ?? {};
        if (!Array.isArray(command) || !Array.isArray(args)) return [];
        const at = `${path === "" ? "" : `${path}.`}spec.${list}[${index}].args`;
        return ofCommand([...(command as unknown[]), ...(args as unknown[])], at);
      });
    });
  });
}

/** A script that calls Bazel. */
const SCRIPT = /(^|[\s;&|(/])bazel(isk)?\s/;

/** A shell's script is read like a command line; what its variables hold is not known. */
function ofCommand(argv: readonly unknown[], path: string): Subject[] {
  const words = argv.flatMap((word) =>
    typeof word === "string" && SCRIPT.test(word) ? wordsByLine(word).flat() : [word],
  );
  if (words.every((word) => typeof word !== "string" || !/(^|\/)bazel(isk)?$/.test(word))) return [];
  const isOpen = words.some((word) => word === UNKNOWN || (typeof word === "string" && word.startsWith("$")));
  return [{ path, value: { $file: "args", $content: isOpen ? UNKNOWN : bazelFlags(words.map(String)) } }];
}

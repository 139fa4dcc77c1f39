import { UNKNOWN } from "../predicates/condition";
import { OWN_NAMESPACE } from "../predicates/identity";
import type { Resource } from "../rule";
import { namespaceOf } from "./cluster";
import type { Subject, View } from "./view";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** How the subject of a service account's token begins; its namespace and its name follow. */
const ACCOUNT = "system:serviceaccount:";

/** Files of a ConfigMap whose names match, each read to a value. */
export function files(name: RegExp, parse: (text: string) => unknown) {
  return ({ props }: Resource): Subject[] => {
    const { data, metadata } = props as { data?: unknown; metadata?: unknown };
    if (data === undefined || data === null) return [];
    if (data === UNKNOWN || typeof data !== "object") return [{ path: "data", value: data }];
    const labels = metadata === UNKNOWN ? UNKNOWN : (metadata as { labels?: unknown } | undefined)?.labels;
    return Object.entries(data).flatMap(([file, text]: [string, unknown]) => {
      const path = `data[${file}]`;
      if (!name.test(file)) return [];
      if (text === UNKNOWN) return [{ path, value: { $file: file, $labels: labels, $content: UNKNOWN } }];
      const content = typeof text === "string" ? attempt(() => parse(text)) : "nothing that can be read";
      return [{ path, value: { $file: file, $labels: labels, $content: content } }];
    });
  };
}

/** A text that cannot be read becomes one that no condition on its contents accepts. */
function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return "nothing that can be read";
  }
}

const CONFIGURED = ["browser", "frontend", "gateway", "storage", "scheduler", "worker", "runner"];

/** Names of the files that programs of BuildBarn read. */
export const CONFIGURATIONS = CONFIGURED.map((part) => `${part}.json`);

/**
 * Configurations of BuildBarn: `$file`, `$labels` of the ConfigMap, and `$content`. Environment variables, which a
 * program of BuildBarn reads as Jsonnet's `std.extVar`, count as texts.
 */
export const BUILDBARN: View = {
  title: "BuildBarn's configurations in ConfigMaps",
  types: [CONFIG_MAP],
  subjects: (resource) =>
    files(new RegExp(`^(${CONFIGURED.join("|")}).*\\.json$`), (text) =>
      inItsOwnWords(readBuildBarn(text), namespaceOf(resource)),
    )(resource),
};

/**
 * Accounts of a document's own namespace, wherever that is; while nobody knows where, texts with accounts are not known.
 * Fields are as rules write them: protobuf's JSON knows `grpcServers` by the name `grpc_servers`, too.
 */
function inItsOwnWords(value: unknown, namespace: string | typeof UNKNOWN): unknown {
  if (typeof value === "string") {
    if (namespace === UNKNOWN) return value.includes(ACCOUNT) ? UNKNOWN : value;
    return value.replaceAll(`${ACCOUNT}${namespace}:`, `${ACCOUNT}${OWN_NAMESPACE}:`);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => inItsOwnWords(item, namespace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [inCamelCase(key), inItsOwnWords(inner, namespace)]),
  );
}

const inCamelCase = (field: string) => field.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export function readBuildBarn(text: string): unknown {
  return JSON.parse(text.replaceAll(/std\.extVar\('(\w+)'\)/g, '"$1"'));
}

/** Bazel's downloader configuration: `$content.last` is its last directive, `allowed` are the hosts that it allows. */
export const DOWNLOADER: View = {
  title: "Bazel's downloader configurations in ConfigMaps",
  types: [CONFIG_MAP],
  subjects: files(/downloader.*(cfg|config)$/, readDownloader),
};

export function readDownloader(text: string): unknown {
  const directives = text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().replaceAll(/\s+/g, " "))
    .filter((line) => line !== "");
  const allowed = directives.flatMap((line) => /^allow (.*)$/.exec(line)?.[1] ?? []);
  return { allowed, last: directives.at(-1) };
}

import { UNKNOWN } from "./predicates/condition";
import { decide, defaults, required, type Rule } from "./rule";
import { BAZEL } from "./views/bazel";
import { bazelFlags } from "./views/bazel-flags";
import type { RcFile, RcLine } from "./views/bazelrc";
import { DOWNLOADER, readDownloader } from "./views/documents";
import type { View } from "./views/view";
import { CALLS, MODULES, modules, PLATFORMS, readCalls, readPlatforms, STARLARK } from "./views/workspace";

/** The files of a Bazel workspace that decide how hermetic its builds are. */
export interface Workspace {
  /** `.bazelrc`, with what it imports. */
  readonly bazelrc: RcFile;
  /** Text of the file that `--downloader_config` names. @default none: nothing to hold */
  readonly downloader?: string;
  /** Texts by path: Starlark and MODULE.bazel.lock. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a rule finds in a workspace under a configuration. */
export interface WorkspaceFinding {
  readonly rule: Rule;
  /** File, and configuration of `.bazelrc` where it is for one: `.bazelrc with --config=remote`. */
  readonly where: string;
  readonly found: string;
  /** Whether only a build could tell: a value is no text but an expression. */
  readonly isUndecided: boolean;
}

/**
 * Holds a workspace against the rules about Bazel: its rc file once for each configuration that builds remotely, or where
 * none does for builds without a configuration; its downloader configuration, Starlark and lock files.
 * @param clientFlags flags that whoever builds adds on the command line
 */
export function lintWorkspace(
  { bazelrc, downloader, files }: Workspace,
  rules: readonly Rule[],
  clientFlags: readonly string[],
): WorkspaceFinding[] {
  const { lines, missing } = bazelrc;
  const names = [...new Set(lines.map(({ config }) => config))];
  const ofConfigs = lines.filter(({ config }) => config !== "");
  const remote = names.filter((config) => config !== "" && buildsRemotely(expand(ofConfigs, config)));
  const flags = (remote.length > 0 ? remote : [""]).flatMap((config) => {
    const where = config === "" ? ".bazelrc" : `.bazelrc with --config=${config}`;
    return hold(BAZEL, rules, where, { $content: bazelFlags([...clientFlags, ...expand(lines, config)]) });
  });
  const module = files["MODULE.bazel"];
  const starlark = Object.entries(files).filter(([path]) => STARLARK.test(path));
  // Platforms of one workspace ask for one image an architecture, wherever they stand.
  const platforms = readPlatforms(starlark.map(([, text]) => text).join("\n"));
  // What is imported on somebody's machine alone may change whatever the flags decide.
  const imports = missing.flatMap((line) => hold(BAZEL, rules, `.bazelrc, ${String(line)}`, { $content: UNKNOWN }));
  return [
    ...flags,
    ...imports,
    ...(downloader === undefined
      ? []
      : hold(DOWNLOADER, rules, "downloader configuration", { $content: readDownloader(downloader) })),
    ...(module === undefined
      ? []
      : hold(
          MODULES,
          rules,
          "MODULE.bazel",
          modules(files["MODULE.bazel.lock"], bazelFlags(lines.flatMap((line) => line.flags))),
        )),
    ...starlark.flatMap(([path, text]) => hold(CALLS, rules, path, { $content: readCalls(text) })),
    ...hold(PLATFORMS, rules, "platforms", { $content: platforms }),
  ];
}

function hold(view: View, rules: readonly Rule[], where: string, value: unknown): WorkspaceFinding[] {
  const at = { type: "", name: "", urn: "", props: {}, protect: false, madeOf: {} };
  return rules.flatMap((rule) =>
    (rule.objects ?? [])
      .filter(({ on }) => on === view)
      .flatMap((check) => decide(required(check, defaults(rule)), value, "", at))
      .map(({ kind, found }) => ({
        rule,
        where,
        found: found
          .replace(/^\$content: .*/, "what is not here, which only a build can tell")
          .replace(/^\$content\.set\./, "--")
          .replace(/^\$content\./, "")
          .replace("not known before the deploy", "an expression, which only a build can tell"),
        isUndecided: kind === "undecided",
      })),
  );
}

/** Commands whose flags a build has, from what is overridden to what overrides. */
const APPLIES = ["startup", "always", "common", "build"];

/** Flags of a build: those without configuration, then the configuration's, with those that it names in turn. */
function expand(lines: readonly RcLine[], config: string): string[] {
  const flags = (name: string, within: readonly string[]): string[] =>
    APPLIES.flatMap((command) => lines.filter((line) => line.config === name && line.command === command))
      .flatMap((line) => line.flags)
      .flatMap((flag) => {
        const inner = /^--config=(.+)$/.exec(flag)?.[1];
        if (inner === undefined) return [flag];
        return within.includes(inner) ? [] : flags(inner, [...within, inner]);
      });
  return config === "" ? flags("", [""]) : [...flags("", [""]), ...flags(config, ["", config])];
}

function buildsRemotely(flags: readonly string[]): boolean {
  return flags.some((flag) => /^--remote_executor=.|^--spawn_strategy=.*remote/.test(flag));
}

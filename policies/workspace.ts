import { decide, defaults, type Finding, required, type Rule } from "./rule";
import { bazelFlags } from "./views/bazel-flags";
import { BAZEL, DOWNLOADER, readDownloader } from "./views/documents";

/** The files of a Bazel workspace that decide how hermetic its builds are. */
export interface Workspace {
  /** Text of `.bazelrc`. */
  readonly bazelrc: string;
  /** Text of the file that `--downloader_config` names. @default none: nothing to hold */
  readonly downloader?: string;
}

/** What a rule finds in a workspace under a configuration. */
export interface WorkspaceFinding {
  readonly rule: Rule;
  /** Name of the `--config`; empty for none. */
  readonly config: string;
  readonly found: string;
}

/** Lines of an rc file: the command with its configuration, and flags. */
interface Line {
  readonly command: string;
  readonly config: string;
  readonly flags: readonly string[];
}

/**
 * Holds a workspace against the rules about Bazel, once for each configuration that builds remotely; where none does, for
 * builds without a configuration.
 * @param clientFlags flags that whoever builds adds on the command line
 */
export function lintWorkspace(
  { bazelrc, downloader }: Workspace,
  rules: readonly Rule[],
  clientFlags: readonly string[],
): WorkspaceFinding[] {
  const lines = rcLines(bazelrc);
  const names = [...new Set(lines.map(({ config }) => config))];
  const flagsOf = (config: string) => bazelFlags([...clientFlags, ...expand(lines, config)]);
  const ofConfigs = lines.filter(({ config }) => config !== "");
  const remote = names.filter((config) => config !== "" && buildsRemotely(expand(ofConfigs, config)));
  const builds = (remote.length > 0 ? remote : [""]).flatMap((config) =>
    hold(BAZEL, rules, flagsOf(config)).map((finding) => ({ ...finding, config })),
  );
  if (downloader === undefined) return builds;
  return [...builds, ...hold(DOWNLOADER, rules, readDownloader(downloader)).map((one) => ({ ...one, config: "" }))];
}

function hold(view: typeof BAZEL, rules: readonly Rule[], content: unknown) {
  const at = { type: "", name: "", urn: "", props: {}, protect: false, madeOf: {} };
  return rules.flatMap((rule) =>
    (rule.objects ?? [])
      .filter(({ on }) => on === view)
      .flatMap((check) => decide(required(check, defaults(rule)), { $content: content }, "", at))
      .map(({ found }: Finding) => ({ rule, found: found.replace(/^\$content\.(set\.)?/, "--") })),
  );
}

/** Reads an rc file: comments and joined lines away. */
function rcLines(text: string): Line[] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [head = "", ...flags] = line.split(/\s+/);
      const [command = "", config = ""] = head.split(":");
      return { command, config, flags };
    });
}

const APPLIES = ["startup", "common", "always", "build"];

/** Flags of a build: those without configuration, then the configuration's, with those that it names in turn. */
function expand(lines: readonly Line[], config: string): string[] {
  const flags = (name: string, within: readonly string[]): string[] =>
    lines
      .filter((line) => line.config === name && APPLIES.includes(line.command))
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

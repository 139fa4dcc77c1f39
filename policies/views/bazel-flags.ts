/** What a Bazel command line comes to. */
export interface BazelFlags {
  /** Last value of each flag without its dashes: true or false for switches. */
  readonly set: Readonly<Record<string, string | boolean>>;
  /** Flags that give actions, tests or repository rules a variable, as they are written; they add up. */
  readonly environment: readonly string[];
  /** Flags that choose a strategy by mnemonic or by description, as they are written; they add up. */
  readonly strategies: readonly string[];
}

const ENVIRONMENT = ["action_env", "host_action_env", "test_env", "repo_env"];
const STRATEGIES = ["strategy", "strategy_regexp"];

/** Flags whose value may be the next word. */
const VALUED = [
  ...ENVIRONMENT,
  ...STRATEGIES,
  ...["spawn_strategy", "genrule_strategy", "lockfile_mode", "workspace_status_command", "config"],
  ...["bes_backend", "remote_cache", "disk_cache", "remote_executor", "downloader_config"],
];

/** Reads flags in their order: of those that are given twice the last one holds, `--noNAME` is NAME turned off. */
export function bazelFlags(words: readonly string[]): BazelFlags {
  const set: Record<string, string | boolean> = {};
  const environment: string[] = [];
  const strategies: string[] = [];
  for (const word of withValues(words)) {
    const [, name, value] = /^--?([A-Za-z]\w*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (ENVIRONMENT.includes(name)) environment.push(word);
    else if (STRATEGIES.includes(name)) strategies.push(word);
    else if (value !== undefined) set[name] = asSwitch(value);
    else if (name.startsWith("no")) set[name.slice(2)] = false;
    else set[name] = true;
  }
  return { set, environment, strategies };
}

/** Words of which each flag has its value with it: `--config remote` is `--config=remote`. */
export function withValues(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? "";
    if (VALUED.includes(last.replace(/^--/, "")) && !word.startsWith("-")) joined.splice(-1, 1, `${last}=${word}`);
    else joined.push(word);
  }
  return joined;
}

function asSwitch(value: string): string | boolean {
  if (/^(1|true|yes)$/i.test(value)) return true;
  return /^(0|false|no)$/i.test(value) ? false : value;
}

/** What a Bazel command line comes to. */
export interface BazelFlags {
  /** Last value of each flag without its dashes: true or false for switches. */
  readonly set: Readonly<Record<string, string | boolean>>;
  /** Values of `--action_env` and `--host_action_env`, which add up. */
  readonly actionEnv: readonly string[];
}

/** Reads flags in their order: of those that are given twice the last one holds, `--noNAME` is NAME turned off. */
export function bazelFlags(words: readonly string[]): BazelFlags {
  const set: Record<string, string | boolean> = {};
  const actionEnv: string[] = [];
  for (const word of words) {
    const [, name, value] = /^--?([A-Za-z]\w*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (/^(host_)?action_env$/.test(name)) actionEnv.push(value ?? "");
    else if (value !== undefined) set[name] = asSwitch(value);
    else if (name.startsWith("no")) set[name.slice(2)] = false;
    else set[name] = true;
  }
  return { set, actionEnv };
}

function asSwitch(value: string): string | boolean {
  if (/^(1|true|yes)$/i.test(value)) return true;
  return /^(0|false|no)$/i.test(value) ? false : value;
}

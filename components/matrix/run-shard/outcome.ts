/** What Bazel says of one target in its Build Event file. */
export interface BazelTarget {
  readonly label: string;
  readonly success: boolean;
  /** Output files, relative to the workspace. */
  readonly outputs: readonly string[];
  /** Why it failed, where Bazel says so. */
  readonly message?: string;
}

/** One action, as the execution log has it. */
export interface Spawn {
  /** Relative to the workspace. */
  readonly outputs: readonly string[];
  /** True where the result came from the action cache. */
  readonly cacheHit: boolean;
  /** `remote`, `remote cache hit`, `local`, … */
  readonly runner: string;
  /** Wall seconds; 0 where Bazel does not say. */
  readonly seconds: number;
}

interface BuildEvent {
  readonly id?: {
    readonly targetCompleted?: { readonly label: string };
    readonly actionCompleted?: { readonly label?: string };
    readonly pattern?: { readonly pattern: readonly string[] };
  };
  readonly completed?: {
    readonly success?: boolean;
    readonly importantOutput?: readonly { readonly name: string; readonly pathPrefix?: readonly string[] }[];
    readonly failureDetail?: { readonly message?: string };
  };
  readonly aborted?: { readonly reason?: string; readonly description?: string };
}

/**
 * Targets of a Build Event file in JSON (`--build_event_json_file`), by label.
 * @param text one event a line; a last line that was cut off is left out
 */
export function readBuildEvents(text: string): Map<string, BazelTarget> {
  const targets = new Map<string, BazelTarget>();
  for (const line of text.split("\n")) {
    const event = decode(line) as BuildEvent | undefined;
    const label = event?.id?.targetCompleted?.label;
    if (event === undefined || label === undefined) continue;
    const { completed, aborted } = event;
    const outputs = (completed?.importantOutput ?? []).map(({ name, pathPrefix = [] }) =>
      [...pathPrefix, name].join("/"),
    );
    const message = completed?.failureDetail?.message ?? aborted?.description ?? aborted?.reason;
    targets.set(label, {
      label,
      success: completed?.success ?? false,
      outputs,
      ...(message !== undefined && { message }),
    });
  }
  return targets;
}

interface SpawnEntry {
  readonly listedOutputs?: readonly string[];
  readonly remoteCacheHit?: boolean;
  readonly runner?: string;
  readonly walltime?: string;
}

/**
 * Actions of an execution log in JSON (`--execution_log_json_file`).
 * @param text objects one after the other, each opened and closed by a brace in the first column
 */
export function readExecutionLog(text: string): Spawn[] {
  return text
    .split(/(?<=^\})(?=\{$)/m)
    .map((part) => decode(part) as SpawnEntry | undefined)
    .filter((entry) => entry !== undefined)
    .map(({ listedOutputs = [], remoteCacheHit = false, runner = "", walltime = "0s" }) => ({
      outputs: listedOutputs,
      cacheHit: remoteCacheHit,
      runner,
      seconds: Number.parseFloat(walltime),
    }));
}

/** Actions done and in all, from the line that Bazel keeps printing: `[12 / 34] Building …`. */
export function readProgress(line: string): { done: number; total: number } | undefined {
  const found = /^\[([\d,]+) \/ ([\d,]+)\]/.exec(line);
  if (found === null) return undefined;
  const [done = 0, total = 0] = found.slice(1).map((digits) => Number(digits.replaceAll(",", "")));
  return { done, total };
}

/** The part of Bazel's output that explains a red target: from its ERROR line on. */
export function failureText(log: string, label: string, lines = 25): string | undefined {
  const all = log.split("\n");
  const start = all.findIndex((line) => line.startsWith("ERROR:") && line.includes(label));
  return start < 0 ? undefined : all.slice(start, start + lines).join("\n");
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

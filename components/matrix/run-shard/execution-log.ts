/** One action that Bazel had executed, here or elsewhere. */
export interface Spawn {
  /** Files that it made, relative to the execution root. */
  readonly outputs: readonly string[];
  /** True where its result came from the action cache. */
  readonly cacheHit: boolean;
  /** `remote`, `remote cache hit`, `linux-sandbox`, … */
  readonly runner: string;
}

interface Entry {
  readonly listedOutputs?: readonly string[];
  readonly actualOutputs?: readonly { readonly path: string }[];
  readonly remoteCacheHit?: boolean;
  readonly runner?: string;
}

/**
 * Actions of an execution log in JSON (`--execution_log_json_file`).
 * @param lines objects one after the other, each opened and closed by a brace in the first column
 */
export function readExecutionLog(lines: Iterable<string>): Spawn[] {
  const spawns: Spawn[] = [];
  let object = "";
  for (const line of lines) {
    object += line;
    if (!line.startsWith("}")) continue;
    const entry = JSON.parse(line === "}{" ? object.slice(0, -1) : object) as Entry;
    object = line === "}{" ? "{" : "";
    spawns.push({
      outputs: [...(entry.listedOutputs ?? []), ...(entry.actualOutputs ?? []).map(({ path }) => path)],
      cacheHit: entry.remoteCacheHit ?? false,
      runner: entry.runner ?? "",
    });
  }
  return spawns;
}

interface TraceEvent {
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly target?: string };
}

/**
 * Wall seconds by label, from the start of a target's first action to the end of its last.
 * @param text a JSON trace profile (`--profile`) with target labels; one that was cut off gives nothing
 */
export function readSeconds(text: string): Map<string, number> {
  const spans = new Map<string, { start: number; end: number }>();
  for (const { cat, ts = 0, dur = 0, args } of traceEvents(text)) {
    const label = args?.target ?? "";
    if (cat !== "action processing" || label === "") continue;
    const span = spans.get(label) ?? { start: ts, end: ts };
    spans.set(label, { start: Math.min(span.start, ts), end: Math.max(span.end, ts + dur) });
  }
  return new Map([...spans].map(([label, { start, end }]) => [label, Math.round((end - start) / 1000) / 1000]));
}

function traceEvents(text: string): readonly TraceEvent[] {
  try {
    return (JSON.parse(text) as { traceEvents?: readonly TraceEvent[] }).traceEvents ?? [];
  } catch {
    return [];
  }
}

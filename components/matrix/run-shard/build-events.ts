/** What Bazel says of one target in its Build Event file. */
export interface BuiltTarget {
  readonly success: boolean;
  readonly outputs: readonly OutputFile[];
  /** Labels whose actions kept it from being built; its own where they were its own. */
  readonly causes: readonly string[];
  /** Why it failed, where Bazel says so. */
  readonly message?: string;
}

/** A file of the default output group. */
export interface OutputFile {
  /** Relative to the execution root, `bazel-out/k8-fastbuild/bin/smoke/hello.bin`. */
  readonly path: string;
  readonly uri: string;
}

/** An action that failed. */
export interface FailedAction {
  readonly label: string;
  /** File URIs of what it printed, standard output first. */
  readonly printed: readonly string[];
  /** Kind of failure, `NON_ZERO_EXIT`; empty where Bazel gives none. */
  readonly code: string;
  readonly message: string;
}

/** A Build Event file, added up. */
export interface BuildEvents {
  readonly targets: ReadonlyMap<string, BuiltTarget>;
  /** By label of the target that they belong to. */
  readonly failures: ReadonlyMap<string, FailedAction>;
  /**
   * Wall seconds of a target's green actions, added up, by label: with `--build_event_publish_all_actions`, from Bazel 7
   * on, which is the first to tell when an action began and ended.
   */
  readonly seconds: ReadonlyMap<string, number>;
  /** False where Bazel ended before its build did. */
  readonly finished: boolean;
}

interface FileEntry {
  readonly name: string;
  readonly uri?: string;
  readonly pathPrefix?: readonly string[];
}

interface Event {
  readonly id?: {
    readonly targetCompleted?: { readonly label: string };
    readonly actionCompleted?: { readonly label?: string };
    readonly namedSet?: { readonly id: string };
    readonly pattern?: { readonly pattern: readonly string[] };
    readonly buildFinished?: object;
  };
  readonly children?: readonly { readonly actionCompleted?: { readonly label?: string } }[];
  readonly completed?: {
    readonly success?: boolean;
    readonly outputGroup?: readonly { readonly name: string; readonly fileSets?: readonly { readonly id: string }[] }[];
    readonly failureDetail?: { readonly message?: string };
  };
  readonly action?: {
    readonly success?: boolean;
    /** RFC 3339. */
    readonly startTime?: string;
    readonly endTime?: string;
    readonly stdout?: { readonly uri?: string };
    readonly stderr?: { readonly uri?: string };
    readonly failureDetail?: { readonly message?: string; readonly spawn?: { readonly code?: string } };
  };
  readonly namedSetOfFiles?: {
    readonly files?: readonly FileEntry[];
    readonly fileSets?: readonly { readonly id: string }[];
  };
  readonly aborted?: { readonly reason?: string; readonly description?: string };
}

/**
 * Adds up a Build Event file in JSON (`--build_event_json_file`).
 * @param text one event a line; a last line that was cut off is left out
 */
export function readBuildEvents(text: string): BuildEvents {
  const sets = new Map<string, NonNullable<Event["namedSetOfFiles"]>>();
  const targets = new Map<string, BuiltTarget>();
  const failures = new Map<string, FailedAction>();
  const seconds = new Map<string, number>();
  let finished = false;
  for (const line of text.split("\n")) {
    const event = decode(line);
    const { targetCompleted, actionCompleted, namedSet, pattern } = event?.id ?? {};
    if (event === undefined) continue;
    if (event.id?.buildFinished !== undefined) finished = true;
    if (namedSet !== undefined) sets.set(namedSet.id, event.namedSetOfFiles ?? {});
    else if (targetCompleted !== undefined) targets.set(targetCompleted.label, completed(event, sets));
    else if (actionCompleted?.label !== undefined) {
      const failed = failedAction(actionCompleted.label, event);
      if (failed !== undefined) failures.set(failed.label, failed);
      const its = secondsOf(event);
      if (its !== undefined) seconds.set(actionCompleted.label, (seconds.get(actionCompleted.label) ?? 0) + its);
    } else if (event.aborted !== undefined) {
      for (const label of pattern?.pattern ?? []) targets.set(label, completed(event, sets));
    }
  }
  return { targets, failures, seconds, finished };
}

function completed(event: Event, sets: ReadonlyMap<string, NonNullable<Event["namedSetOfFiles"]>>): BuiltTarget {
  const { completed: its, aborted, children = [] } = event;
  const group = its?.outputGroup?.find(({ name }) => name === "default");
  const files = new Map<string, OutputFile>();
  const visited = new Set<string>();
  const visit = (id: string) => {
    if (visited.has(id)) return;
    visited.add(id);
    const set = sets.get(id);
    for (const inner of set?.fileSets ?? []) visit(inner.id);
    for (const { name, uri = "", pathPrefix = [] } of set?.files ?? []) {
      const path = [...pathPrefix, name].join("/");
      files.set(path, { path, uri });
    }
  };
  for (const { id } of group?.fileSets ?? []) visit(id);
  const message = its?.failureDetail?.message ?? aborted?.description ?? aborted?.reason;
  return {
    success: its?.success ?? false,
    outputs: [...files.values()],
    causes: children.flatMap(({ actionCompleted }) => actionCompleted?.label ?? []),
    ...(message !== undefined && { message }),
  };
}

function failedAction(label: string, { action }: Event): FailedAction | undefined {
  if (action === undefined || action.success === true) return undefined;
  return {
    label,
    printed: [action.stdout?.uri, action.stderr?.uri].filter((uri) => uri !== undefined),
    code: action.failureDetail?.spawn?.code ?? "",
    message: action.failureDetail?.message ?? "",
  };
}

function secondsOf({ action }: Event): number | undefined {
  if (action?.success !== true || action.startTime === undefined || action.endTime === undefined) return undefined;
  const milliseconds = Date.parse(action.endTime) - Date.parse(action.startTime);
  return milliseconds >= 0 ? milliseconds / 1000 : undefined;
}

function decode(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

import { join } from "node:path";

import { UserError } from "../user-error";

/** One mistake in a file of an index. */
export interface Mistake {
  readonly file: string;
  /** Keys from the root, such as `versions.16.9.sha256`; empty for the file itself. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

/** Every mistake of an index at once, a line each. */
export class IndexError extends UserError {
  /** @param directory that the files are in; empty where messages need none */
  constructor(
    readonly mistakes: readonly Mistake[],
    directory = "",
  ) {
    const [first] = mistakes;
    const at = (mistake: Mistake) => join(directory, where(mistake));
    super(first === undefined ? "index" : at(first), first?.found ?? "nothing", first?.allowed ?? "an index");
    const lines = mistakes.map((mistake) => `${at(mistake)}: found ${mistake.found}; allowed: ${mistake.allowed}`);
    this.message = mistakes.length === 1 ? lines.join("") : `${mistakes.length} mistakes\n  ${lines.join("\n  ")}`;
    this.name = "IndexError";
  }
}

/** Collects mistakes while an index is read, so that one run shows them all. */
export class Mistakes {
  private readonly found = new Map<string, Mistake>();

  /** Notes a mistake, one for each place: the first. `value` is shown as JSON, cut at 80 characters. */
  add(file: string, path: string, value: unknown, allowed: string): void {
    const mistake = { file, path, found: show(value), allowed };
    if (!this.found.has(where(mistake))) this.found.set(where(mistake), mistake);
  }

  /**
   * @param directory that the files are in
   * @throws IndexError where any mistake was noted
   */
  throwIfAny(directory = ""): void {
    if (this.found.size > 0) throw new IndexError([...this.found.values()], directory);
  }
}

/** A value for a message. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function where({ file, path }: Mistake): string {
  return path === "" ? file : `${file}: ${path}`;
}

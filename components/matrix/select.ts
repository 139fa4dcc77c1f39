import { UserError } from "../user-error";
import { show } from "./mistakes";
import type { Target } from "./targets";

/** How many names an error offers. */
const OFFERED = 5;

/**
 * The targets that patterns select: exact labels (`//a/b` is `//a/b:b`), labels with `*` for any text, `//folder/...`,
 * `//folder:all` and `//...`; a pattern that starts with `-` takes targets away again. Manual targets are selected by their exact label
 * alone. Without patterns: every target that is not manual.
 * @param where the key or option that the patterns come from, for messages
 * @throws UserError where a pattern selects nothing; names the nearest labels
 */
export function selectTargets(targets: readonly Target[], patterns: readonly string[], where: string): Target[] {
  if (patterns.length === 0) return targets.filter(({ manual }) => !manual);
  const selected = new Set<Target>();
  const byLabel = patterns.some((pattern) => isLabel(pattern.replace(/^-/, "")))
    ? new Map(targets.map((target) => [target.label, target]))
    : new Map<string, Target>();
  if (patterns[0]?.startsWith("-") === true) {
    for (const target of targets) if (!target.manual) selected.add(target);
  }
  for (const pattern of patterns) {
    const negative = pattern.startsWith("-");
    const positive = negative ? pattern.slice(1) : pattern;
    const exact = isLabel(positive) ? byLabel.get(whole(positive)) : undefined;
    const expression = isLabel(positive) ? undefined : toExpression(positive);
    const found =
      exact === undefined
        ? targets.filter(({ label, manual }) => !manual && expression?.test(label) === true)
        : [exact];
    if (found.length === 0) throw new UserError(where, show(pattern), offer(targets, positive));
    for (const target of found) {
      if (negative) selected.delete(target);
      else selected.add(target);
    }
  }
  if (selected.size === 0) throw new UserError(where, show(patterns), "patterns that leave at least one target");
  return [...selected];
}

function isLabel(pattern: string): boolean {
  return !pattern.includes("*") && !pattern.endsWith("/...") && !pattern.endsWith(":all");
}

/** A label without a name has that of its folder. */
function whole(label: string): string {
  return label.includes(":") ? label : `${label}:${label.split("/").at(-1) ?? ""}`;
}

function toExpression(pattern: string): RegExp {
  const literal = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
  if (pattern.endsWith("/...")) {
    const folder = literal(pattern.slice(0, -"/...".length));
    return new RegExp(`^${folder}${folder === "/" ? "/" : "[:/]"}`);
  }
  if (pattern.endsWith(":all")) return new RegExp(`^${literal(pattern.slice(0, -"all".length))}`);
  return new RegExp(`^${literal(pattern)}$`);
}

/** The labels nearest to what was written. */
function offer(targets: readonly Target[], pattern: string): string {
  const names = nearest(
    pattern,
    targets.map(({ label }) => label),
  );
  return `a label or pattern such as ${names.join(", ")}, //postgres/... or //postgres:postgres~16.*`;
}

/** Up to five of `candidates` that are nearest to `text`: by edit distance, at most a fixed number are weighed. */
export function nearest(text: string, candidates: readonly string[]): string[] {
  const wanted = shingles(text);
  const overlap = (candidate: string) => {
    let shared = 0;
    for (const piece of shingles(candidate)) if (wanted.has(piece)) shared++;
    return shared / (candidate.length + text.length);
  };
  return candidates
    .map((candidate) => ({ candidate, rank: overlap(candidate) }))
    .sort((a, b) => b.rank - a.rank || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 50)
    .map(({ candidate }) => ({ candidate, distance: distance(text, candidate) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, OFFERED)
    .map(({ candidate }) => candidate);
}

function shingles(text: string): Set<string> {
  const pieces = new Set<string>();
  for (let i = 0; i + 3 <= text.length; i++) pieces.add(text.slice(i, i + 3));
  return pieces;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

import { paint, type Style } from "../terminal/colour";
import { duration } from "../terminal/progress";
import { table } from "../terminal/table";
import { isRed, type Verdict } from "./verdict";

const STYLES: Readonly<Record<Verdict["status"], Style>> = {
  built: "green",
  cached: "blue",
  failed: "red",
  skipped: "red",
  lost: "red",
  pending: "grey",
};

/** `34205696` → `32.6 MiB`. */
export function mebibytes(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Digits of a digest that a terminal shows; a pipe and `--json` have them all. */
const SHORT = 12;

/** The artifacts of a release as a table: what, for what, its digest, where it lies, and how it came about. */
function artifactTable(verdicts: readonly Verdict[], isTerminal: boolean): string {
  const digest = (sha256: string) => (isTerminal ? `${sha256.slice(0, SHORT)}…` : sha256);
  const rows = verdicts.map((verdict) => [
    verdict.label,
    verdict.architecture + (verdict.emulated ? " (emulated)" : ""),
    verdict.sha256 === undefined ? "" : `sha256:${digest(verdict.sha256)}`,
    mebibytes(verdict.size),
    verdict.sha256 === undefined ? "" : `s3://release/sha256/${digest(verdict.sha256)}`,
    paint(STYLES[verdict.status], verdict.status === "cached" ? "from cache" : verdict.status),
    verdict.seconds === 0 ? "" : duration(verdict.seconds),
  ]);
  return table(
    [
      { heading: "TARGET" },
      { heading: "ARCH" },
      { heading: "DIGEST" },
      { heading: "SIZE", align: "right" },
      { heading: "ARTIFACT" },
      { heading: "HOW" },
      { heading: "TOOK", align: "right" },
    ],
    rows,
  );
}

/** Lines of a red target's log that are shown. */
const LOG_LINES = 20;

/** Every red target with the end of its log, then one line that adds up. */
function redReport(verdicts: readonly Verdict[]): string {
  const red = verdicts.filter(isRed);
  const parts = red.map(({ label, architecture, status, message }) => {
    const log = (message ?? "").split("\n").slice(-LOG_LINES);
    return [`${paint("red", "✗")} ${label} (${architecture}): ${status}`, ...log.map((line) => `    ${line}`)].join(
      "\n",
    );
  });
  return parts.join("\n");
}

/** What became of each target: the table of artifacts, then whatever is red, between empty lines. */
export function verdictReport(verdicts: readonly Verdict[], isTerminal: boolean): string {
  const red = verdicts.some(isRed) ? `${redReport(verdicts)}\n\n` : "";
  return `\n${artifactTable(verdicts, isTerminal)}\n\n${red}`;
}

/** `3 targets: 2 built, 1 from cache, 0 red, 0 pending`. */
export function summary(verdicts: readonly Verdict[]): string {
  const count = (status: Verdict["status"]) => verdicts.filter((verdict) => verdict.status === status).length;
  const red = verdicts.filter(isRed).length;
  return `${verdicts.length} targets: ${count("built")} built, ${count("cached")} from cache, ${red} red, ${count("pending")} pending`;
}

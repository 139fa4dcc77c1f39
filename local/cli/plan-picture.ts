import type { WorkShare } from "../../components/matrix/census";
import { paint } from "../terminal/colour";
import { count, hour } from "../terminal/numbers";
import { type Column, table } from "../terminal/table";

/** Lines of the picture; what is beyond them is added up. */
const BARS = 10;
const BAR_WIDTH = 36;

/** Where the hours go: a line and a bar for each kind of work, most first. */
export function picture(work: readonly WorkShare[]): string {
  const rest = work.slice(BARS);
  const shown = [...work.slice(0, BARS)];
  if (rest.length > 0) {
    shown.push({
      name: `${rest.length} more`,
      targets: rest.reduce((sum, { targets }) => sum + targets, 0),
      coreHours: rest.reduce((sum, { coreHours }) => sum + coreHours, 0),
    });
  }
  const total = work.reduce((sum, { coreHours }) => sum + coreHours, 0);
  const most = Math.max(...shown.map(({ coreHours }) => coreHours));
  const rows = shown.map(({ name, targets, coreHours }) => [
    name,
    count(targets),
    hour(coreHours),
    `${((100 * coreHours) / total).toFixed(1)} %`,
    paint("blue", bar(coreHours / most)),
  ]);
  const columns: Column[] = [
    { heading: "WORK" },
    ...["TARGETS", "CORE-HOURS", "SHARE"].map((heading): Column => ({ heading, align: "right" })),
    { heading: "" },
  ];
  return table(columns, rows);
}

/** Eighths of a character, so that small shares show too. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + " ▏▎▍▌▋▊▉".charAt(eighths % 8).trim();
}

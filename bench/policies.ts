/** What the policy packs cost a preview; needs the toolbox, no farm: npx tsx bench/policies.ts --help */
import { UserError } from "../components/user-error";
import { options } from "../local/cli/options";
import { table } from "../local/terminal/table";
import { presentTools } from "../local/toolbox/toolbox";
import { type Declared, GOLDEN } from "../test/policies/golden";
import { PACKS, PolicyPreviews } from "../test/policies/engine/preview";

const WHERE = "bench/policies.ts";

/** A preview with the packs over the same without: what it should be at most. */
const AIM = 1.1;

const usage = `
Usage: npx tsx bench/policies.ts [--resources N] [--runs N]

Previews the resources of the policies' golden farm, copied until there are so many, with Pulumi's own engine over simulated
providers: with both packs and without, in turn, at a quarter, a half and all of them. Prints the medians and their ratio,
and what the packs add: to start, and for each 1,000 resources.

  --resources N   about how many at most       default 2000
  --runs N        previews of each kind        default 3
`;

/** The golden farm over and over, each copy whole and with names of its own: about so many resources. */
function farms(count: number): Record<string, Declared> {
  const golden = Object.entries(GOLDEN);
  const whole = Math.max(1, Math.round(count / golden.length)) * golden.length;
  const copies = Array.from({ length: whole }, (_, index) => {
    const copy = Math.floor(index / golden.length);
    const [name, declared] = golden[index % golden.length] as [string, Declared];
    const own = (one: string) => `${one}-${copy}`;
    const links = Object.entries(declared.madeOf ?? {}).map(([property, made]) => [property, made.map(own)]);
    return [own(name), { ...declared, madeOf: Object.fromEntries(links) as Declared["madeOf"] }] as const;
  });
  return Object.fromEntries(copies) as Record<string, Declared>;
}

async function main(args: string[]): Promise<void> {
  const { values } = options(WHERE, args, {
    help: { type: "boolean", default: false },
    resources: { type: "string", default: "2000" },
    runs: { type: "string", default: "3" },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const [most, runs] = [whole("--resources", values.resources), whole("--runs", values.runs)];
  const previews = new PolicyPreviews(await presentTools());
  try {
    await previews.start();
    const rows: string[][] = [];
    const added: Added[] = [];
    for (const declared of [most / 4, most / 2, most].map(farms)) {
      const count = Object.keys(declared).length;
      const { bare, held } = await measure(previews, declared, runs);
      added.push({ count, seconds: held - bare });
      rows.push([
        `${count}`,
        `${bare.toFixed(1)} s`,
        `${held.toFixed(1)} s`,
        (held / bare).toFixed(2),
        `${(held - bare).toFixed(1)} s`,
      ]);
    }
    const headings = ["RESOURCES", "WITHOUT PACKS", "WITH PACKS", `RATIO, AIM <= ${AIM.toFixed(2)}`, "ADDED"];
    const columns = headings.map((heading) => ({ heading, align: "right" as const }));
    const { start, each } = line(added);
    const found = `To start: ${start.toFixed(1)} s; for each 1,000 resources: ${(1000 * each).toFixed(1)} s`;
    process.stdout.write(`${table(columns, rows)}\n\n${found}\n`);
  } finally {
    previews.dispose();
  }
}

/** Seconds that packs add to a preview of so many resources. */
interface Added {
  readonly count: number;
  readonly seconds: number;
}

/** The straight line nearest to what was measured, by least squares: seconds at no resource, and for each. */
function line(points: readonly Added[]): { readonly start: number; readonly each: number } {
  const mean = (of: (point: Added) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [count, seconds] = [mean((point) => point.count), mean((point) => point.seconds)];
  const spread = mean((point) => (point.count - count) ** 2);
  const each = mean((point) => (point.count - count) * (point.seconds - seconds)) / spread;
  return { start: seconds - each * count, each };
}

/** Median seconds of previews, one without and one with the packs in turn. */
async function measure(previews: PolicyPreviews, declared: Record<string, Declared>, runs: number) {
  const count = Object.keys(declared).length;
  const seconds: Record<"bare" | "held", number[]> = { bare: [], held: [] };
  for (let run = 0; run < runs; run++) {
    for (const [kind, packs] of [
      ["bare", []],
      ["held", PACKS],
    ] as const) {
      const started = performance.now();
      const printed = await previews.preview(declared, packs);
      seconds[kind].push((performance.now() - started) / 1000);
      const created = Number(/\+ (\d+) to create/.exec(printed)?.[1]);
      if (created !== count + 1)
        throw new Error(`previewed ${created} resources, not ${count} and their stack\n${printed}`);
    }
  }
  return { bare: median(seconds.bare), held: median(seconds.held) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function whole(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UserError(`${WHERE} ${option}`, text, "a whole number from 1");
  return number;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof UserError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/** What the policy packs cost a preview: npx tsx bench/policies.ts --help */
import { UserError } from "../components/user-error";
import { paths } from "../local/node/layout";
import { inNamespace } from "../local/node/namespace";
import { options } from "../local/cli/options";
import { table } from "../local/terminal/table";
import { presentTools } from "../local/toolbox/toolbox";
import { ApiServer, LAYOUT } from "../test/policies/engine/api-server";
import { type Declared, GOLDEN } from "../test/policies/golden";
import { PACK, PolicyPreviews } from "../test/policies/engine/preview";
import { CpuMeter } from "./policies/cpu";
import { copies, GOLDEN_CLUSTER } from "./policies/farms";

const WHERE = "bench/policies.ts";

/** A preview with the packs over the same without: what it should be at most. */
const AIM = 1.1;

const usage = `
Usage: npx tsx bench/policies.ts [--resources N] [--runs N]

Previews the resources of the policies' golden farm, copied until there are so many, with Pulumi's own engine, with all rules
and without, in turn:
- those on a cluster, by Pulumi's own Kubernetes provider and its defaults: each is a dry run of a real API server, which has
  a network namespace of its own. Needs root.
- those on AWS and at GitHub too, by simulated providers, which do next to nothing: the worst case.
Prints the medians, their ratio, and the CPU seconds that the packs add: all, and those of their own process. Needs the toolbox.

  --resources N   about how many      default 2000
  --runs N        previews of a kind  default 3
`;

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
  const [count, runs] = [whole("--resources", values.resources), whole("--runs", values.runs)];
  const rows: string[][] = [];
  rows.push(row("Kubernetes", await onCluster(copies(GOLDEN_CLUSTER, count), runs)));
  rows.push(row("simulated", await onSimulation(copies(GOLDEN, count), runs)));
  process.stdout.write(`${table(COLUMNS, rows)}\n`);
}

/** One preview. */
interface Figures {
  readonly seconds: number;
  /** CPU seconds of the engine, the program, providers and packs. */
  readonly cpu: number;
  /** Of them, those of the packs' process. */
  readonly packs: number;
}

/** Medians of previews of so many resources. */
interface Compared {
  readonly count: number;
  readonly bare: Figures;
  readonly held: Figures;
}

const COLUMNS = [
  "PROVIDER",
  "RESOURCES",
  "WITHOUT PACKS",
  "WITH PACKS",
  `RATIO, AIM <= ${AIM.toFixed(2)}`,
  "CPU WITHOUT",
  "CPU ADDED",
  "BY THE PACKS",
].map((heading, index) => ({ heading, align: index === 0 ? ("left" as const) : ("right" as const) }));

function row(provider: string, { count, bare, held }: Compared): string[] {
  const ratio = (held.seconds / bare.seconds).toFixed(2);
  const [cpu, added, packs] = [bare.cpu, held.cpu - bare.cpu, held.packs].map((one) => `${one.toFixed(1)} s`);
  const wall = [bare, held].map(({ seconds }) => `${seconds.toFixed(1)} s`);
  return [provider, `${count}`, ...wall, ratio, cpu ?? "", added ?? "", packs ?? ""];
}

async function onCluster(farm: Readonly<Record<string, Declared>>, runs: number): Promise<Compared> {
  const tools = await presentTools();
  const server = new ApiServer(tools);
  try {
    await server.start();
    const made = await server.kubectl(["create", "namespace", "monofarm"]);
    if (!made.succeeded) throw new Error(made.lines.join("\n"));
    const { kubeconfig } = paths(LAYOUT);
    return await compare(
      new PolicyPreviews(tools, { kubeconfig, inNetwork: (argv) => inNamespace(argv, LAYOUT) }),
      farm,
      runs,
    );
  } finally {
    await server.stop();
  }
}

async function onSimulation(farm: Readonly<Record<string, Declared>>, runs: number): Promise<Compared> {
  return compare(new PolicyPreviews(await presentTools()), farm, runs);
}

/** Previews a farm without and with the packs, in turn. */
async function compare(
  previews: PolicyPreviews,
  farm: Readonly<Record<string, Declared>>,
  runs: number,
): Promise<Compared> {
  try {
    await previews.start();
    const bare: Figures[] = [];
    const held: Figures[] = [];
    for (let run = 0; run < runs; run++) {
      bare.push(await measure(previews, farm, []));
      held.push(await measure(previews, farm, [PACK]));
    }
    return { count: Object.keys(farm).length, bare: medians(bare), held: medians(held) };
  } finally {
    previews.dispose();
  }
}

async function measure(
  previews: PolicyPreviews,
  farm: Readonly<Record<string, Declared>>,
  packs: readonly string[],
): Promise<Figures> {
  const meter = new CpuMeter();
  const started = performance.now();
  const printed = await previews.preview(farm, packs);
  const seconds = (performance.now() - started) / 1000;
  const { all, own } = meter.stop("policies/main.js");
  // The stack itself is one.
  const count = Object.keys(farm).length + 1;
  const created = Number(/\+ (\d+) to create/.exec(printed)?.[1]);
  if (created !== count) throw new Error(`previewed ${created} resources, not ${count}\n${printed}`);
  process.stderr.write(`${packs.length === 0 ? "without" : "with"} packs: ${seconds.toFixed(1)} s\n`);
  return { seconds, cpu: all, packs: own };
}

function medians(figures: readonly Figures[]): Figures {
  const median = (of: (one: Figures) => number) =>
    figures.map(of).sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
  return {
    seconds: median(({ seconds }) => seconds),
    cpu: median(({ cpu }) => cpu),
    packs: median((one) => one.packs),
  };
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

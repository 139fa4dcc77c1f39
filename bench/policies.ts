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

/** A preview with all rules over the same without: what it should be at most. */
const AIM = 1.1;

/** What previews run under, each in turn: folder, and how the table names it. */
const PACKS = [
  { pack: undefined, title: "none" },
  { pack: "bench/policies/answers-nothing", title: "answers nothing" },
  { pack: PACK, title: "all rules" },
] as const;

const usage = `
Usage: npx tsx bench/policies.ts [--resources N] [--runs N]

Previews the resources of the policies' golden farm, copied until there are so many, with Pulumi's own engine, in turn without a
pack, with one that reads nothing and answers nothing (what any pack costs), and with all rules:
- those on a cluster, by Pulumi's own Kubernetes provider and its defaults: each is a dry run of a real API server, which has
  a network namespace of its own. Needs root.
- those on AWS and at GitHub too, by simulated providers, which do next to nothing: the worst case.
Prints medians, their ratio to those without, and CPU seconds: of all, and of the pack's own process. Needs the toolbox.

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
  const rows = [
    ...tableRows("Kubernetes", await onCluster(copies(GOLDEN_CLUSTER, count), runs)),
    ...tableRows("simulated", await onSimulation(copies(GOLDEN, count), runs)),
  ];
  process.stdout.write(`${table(COLUMNS, rows)}\n`);
}

/** One preview. */
interface Figures {
  readonly seconds: number;
  /** CPU seconds of the engine, the program, providers and the pack. */
  readonly cpu: number;
  /** Of them, those of the pack's process. */
  readonly own: number;
}

/** Medians of previews of so many resources, in the order of `PACKS`. */
interface Compared {
  readonly count: number;
  readonly medians: readonly Figures[];
}

const COLUMNS = [
  "PROVIDER",
  "RESOURCES",
  "PACK",
  "PREVIEW",
  `RATIO, AIM <= ${AIM.toFixed(2)}`,
  "CPU",
  "OF IT, THE PACK'S",
].map((heading) => ({
  heading,
  align: ["PROVIDER", "PACK"].includes(heading) ? ("left" as const) : ("right" as const),
}));

function tableRows(provider: string, { count, medians }: Compared): string[][] {
  return medians.map(({ seconds, cpu, own }, index) => {
    const ratio = (seconds / (medians[0]?.seconds ?? NaN)).toFixed(2);
    const shown = (one: number) => `${one.toFixed(1)} s`;
    return [provider, `${count}`, PACKS[index]?.title ?? "", shown(seconds), ratio, shown(cpu), shown(own)];
  });
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

/** Previews a farm under each of `PACKS`, in turn. */
async function compare(
  previews: PolicyPreviews,
  farm: Readonly<Record<string, Declared>>,
  runs: number,
): Promise<Compared> {
  try {
    await previews.start();
    const figures = PACKS.map((): Figures[] => []);
    for (let run = 0; run < runs; run++) {
      for (const [index, { pack, title }] of PACKS.entries())
        figures[index]?.push(await measure(previews, farm, title, pack));
    }
    return { count: Object.keys(farm).length, medians: figures.map(medians) };
  } finally {
    previews.dispose();
  }
}

async function measure(
  previews: PolicyPreviews,
  farm: Readonly<Record<string, Declared>>,
  title: string,
  pack?: string,
): Promise<Figures> {
  const meter = new CpuMeter();
  const started = performance.now();
  const printed = await previews.preview(farm, pack === undefined ? [] : [pack]);
  const seconds = (performance.now() - started) / 1000;
  const { all, own } = meter.stop(`${pack ?? "none"}/main.js`);
  // The stack itself is one.
  const count = Object.keys(farm).length + 1;
  const created = Number(/\+ (\d+) to create/.exec(printed)?.[1]);
  if (created !== count) throw new Error(`previewed ${created} resources, not ${count}\n${printed}`);
  process.stderr.write(`${title}: ${seconds.toFixed(1)} s, CPU ${all.toFixed(1)} s, the pack's ${own.toFixed(1)} s\n`);
  return { seconds, cpu: all, own };
}

function medians(figures: readonly Figures[]): Figures {
  const median = (of: (one: Figures) => number) =>
    figures.map(of).sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
  return {
    seconds: median(({ seconds }) => seconds),
    cpu: median(({ cpu }) => cpu),
    own: median(({ own }) => own),
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

import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { imbalance, moved } from "../../bench/matrix";
import { FULL_MATRIX, matrixCosts, matrixFiles, type MatrixSize } from "../../bench/matrix-full-index";
import { costModel } from "../../components/matrix/cost";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { ReleasePlan } from "../../components/matrix/plan";
import { planRelease, type ReleaseRequest } from "../../components/matrix/plan-release";
import { parseIndex, readIndex } from "../../components/matrix/read-index";
import { shardFileSchema } from "../../components/matrix/result";
import { shardObjects } from "../../components/matrix/shard-files";
import { listTargets } from "../../components/matrix/targets";

const ROOT = join(__dirname, "../..");
const EXAMPLE = readIndex(join(ROOT, "examples/postgres"));
const MONOGRES = readIndex(join(ROOT, "test/matrix/data/monogres"));
const WORKSPACE = "ab".repeat(32);

const labelsOf = (plan: ReleasePlan, architecture: string) =>
  plan.jobs
    .filter((job) => job.architecture === architecture)
    .flatMap(({ shards }) => shards.flatMap(({ labels }) => labels));

function plan(request: Partial<ReleaseRequest> = {}): ReleasePlan {
  return planRelease({ index: EXAMPLE, ...request });
}

describe("a release", () => {
  test("is the union of its shards: every target of the index, once an architecture", () => {
    const wanted = listTargets(MONOGRES)
      .filter(({ manual }) => !manual)
      .map(({ label }) => label)
      .sort();
    const whole = planRelease({ index: MONOGRES });
    for (const architecture of ["amd64", "arm64"]) expect(labelsOf(whole, architecture).sort()).toEqual(wanted);
  });

  test("is one Job of one shard where one client can hold it, with the sources it needs", () => {
    const small = plan({
      architectures: ["amd64"],
      targets: [
        "//postgres:postgres~16.9~barebones",
        "//extensions/pgvector:pgvector~0.8.0~postgres~16.9",
        "//smoke:hello",
      ],
    });
    expect(small.jobs.map(({ stage, shards }) => [stage, shards])).toEqual([
      [
        "all",
        [
          {
            key: "*#0",
            labels: [
              "//extensions/pgvector:pgvector~0.8.0~postgres~16.9",
              "//postgres:postgres~16.9~barebones",
              "//smoke:hello",
            ],
            sources: [
              "542c112013c5d0c936a741daa8c2e98fc5e28e0a5df9dcf0c1e8337236d6ab39",
              "ba802511eb34a99d8449fc46d512f34f2b1273324dad4a8e2ca2954630ceb246",
            ],
            cpuSeconds: 157,
          },
        ],
      ],
    ]);
  });

  test("is the same for the same request, and another for other inputs, targets or architectures", () => {
    const name = (request: Partial<ReleaseRequest>) => plan(request).jobs[0]?.name;
    expect(plan()).toEqual(plan());
    const names = [
      name({}),
      name({ inputs: ["image"] }),
      name({ inputs: ["other image"] }),
      name({ targets: ["//postgres/..."] }),
      name({ architectures: ["amd64"] }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test("does not depend on the order of targets, whatever fractions they cost", () => {
    // 10.0101 + 10.0202 + 32.9697 is 53 or a little more, as the order has it: one shard of 53 CPU-seconds, or two.
    const modules = { amcheck: 10.0101, citext: 10.0202, hstore: 32.9697 };
    const measured = Object.entries(modules).map(([name, cost]) => [
      `//extensions/contrib:${name}~postgres~16.9--tar`,
      cost,
    ]);
    const planOf = (index: MatrixIndex) =>
      planRelease({
        index,
        cost: costModel(costs, new Map(measured as [string, number][])),
        targets: measured.map(([label]) => String(label)),
        shardCpuSeconds: 53,
      });
    const orders = [...permutations(MONOGRES.contrib.filter(({ name }) => name in modules))];
    expect(orders).toHaveLength(6);
    const plans = orders.map((contrib) => planOf({ ...MONOGRES, contrib }));
    for (const plan of plans) expect(plan).toEqual(plans[0]);
    expect(plans[0]?.jobs.map(({ shards }) => shards.length)).toEqual([1, 1]);
  });

  test("gives no client more than it can analyse, however little the targets cost", () => {
    const { jobs } = planRelease({ index: MONOGRES, shardTargets: 100, targets: ["//extensions/contrib/..."] });
    const counts = jobs.flatMap(({ shards }) => shards.map(({ labels }) => labels.length));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2 * 1260);
    expect(Math.max(...counts)).toBeLessThanOrEqual(120);
  });

  test("asks for a client by the targets and sources of its largest shard", () => {
    const of = (request: Partial<ReleaseRequest>) => plan({ architectures: ["amd64"], ...request }).jobs[0]?.resources;
    // 1536 MiB and 3 a target, in steps of 512; 4 GiB, 0.05 a source and 0.01 a target.
    expect(of({ targets: ["//smoke:hello"] })).toEqual({ cpu: "500m", memory: "2048Mi", ephemeralStorage: "5Gi" });
    const [postgres] = planRelease({ index: MONOGRES, targets: ["//postgres/...", "//extensions/contrib/..."] }).jobs;
    const most = Math.max(...(postgres?.shards ?? []).map(({ labels }) => labels.length));
    const sources = Math.max(...(postgres?.shards ?? []).map((shard) => shard.sources.length));
    expect(postgres?.resources).toEqual({
      cpu: "500m",
      memory: `${512 * Math.ceil((1536 + 3 * most) / 512)}Mi`,
      ephemeralStorage: `${Math.ceil(4 + 0.05 * sources + 0.01 * most)}Gi`,
    });
    expect(most).toBeGreaterThan(500);
    const resources = { cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" };
    expect(of({ resources })).toBe(resources);
  });

  test.each<[string, Partial<ReleaseRequest>, number]>([
    ["six hours at least", { cores: { amd64: 64 } }, 21_600],
    ["four times what all of it takes on the cores at hand", { cores: { amd64: 0.25 } }, 4 * 4 * 1845],
    ["as much more as emulation is slower", { cores: { amd64: 1 }, slowdown: { amd64: 10 } }, 4 * 10 * 1845],
    ["two weeks at most", { cores: { amd64: 0.001 } }, 1_209_600],
  ])("has a deadline of %s", (_, request, seconds) => {
    expect(plan({ architectures: ["amd64"], ...request }).jobs[0]?.activeDeadlineSeconds).toBe(seconds);
  });

  test("has at most 500 pods of a Job at once, unless it is told otherwise", () => {
    const most = (request: Partial<ReleaseRequest>) =>
      planRelease({ index: MONOGRES, shardTargets: 1, ...request }).jobs.map(({ shards, parallelism }) => [
        shards.length > 500,
        parallelism,
      ]);
    expect(most({ targets: ["//extensions/contrib/..."], architectures: ["amd64"] })).toEqual([[true, 500]]);
    expect(most({ targets: ["//extensions/contrib/..."], architectures: ["amd64"], parallelism: 7 })).toEqual([
      [true, 7],
    ]);
  });

  test("is of the heavy class where it is one shard with a heavy target", () => {
    const label = "//extensions/citus:citus~13.2.0~postgres~17.7";
    const classOf = (seconds: number) =>
      planRelease({ index: MONOGRES, targets: [label], cost: costModel(costs, new Map([[label, seconds]])) }).jobs.map(
        ({ costClass }) => costClass,
      );
    expect([classOf(591), classOf(592)]).toEqual([
      ["standard", "standard"],
      ["heavy", "heavy"],
    ]);
    const light = "//extensions/noset:noset~0.3.0~postgres~17.7";
    const [both] = planRelease({
      index: MONOGRES,
      targets: [light, label],
      cost: costModel(costs, new Map([[label, 592]])),
    }).jobs;
    expect([both?.costClass, both?.shards.length]).toEqual(["heavy", 1]);
  });

  test("keeps the builds of a major version together that are too few for shards of their own", () => {
    const keys = planRelease({ index: MONOGRES, architectures: ["amd64"], shardCpuSeconds: 600 }).jobs.flatMap(
      ({ stage, shards }) => (stage === "postgres" ? shards.map(({ key }) => key.replace(/#.*/, "")) : []),
    );
    expect([...new Set(keys)]).toEqual(["*", "postgres~16", "postgres~17"]);
  });

  test("names each Job by its digest, and lists sources sorted and once", () => {
    for (const job of planRelease({ index: MONOGRES }).jobs) {
      expect(job.name).toBe(`${job.stage}-${job.architecture}-${job.costClass}-${job.digest.slice(0, 12)}`);
      for (const { sources } of job.shards) expect(sources).toEqual([...new Set(sources)].sort());
    }
  });

  test("throttled differently is the same release", () => {
    const slow = plan({ parallelism: 1, cores: { amd64: 1 } });
    expect(slow.id).toBe(plan().id);
    expect(slow.jobs.map(({ name }) => name)).toEqual(plan().jobs.map(({ name }) => name));
  });

  test("has its Jobs by stage, architecture and cost class", () => {
    const heavy = planRelease({ index: MONOGRES, cost: costModel({ ...costs, extension: { "*": 20, citus: 900 } }) });
    expect(heavy.jobs.map(({ architecture, stage, costClass }) => `${architecture} ${stage} ${costClass}`)).toEqual([
      "amd64 extensions heavy",
      "amd64 extensions standard",
      "amd64 postgres standard",
      "arm64 extensions heavy",
      "arm64 extensions standard",
      "arm64 postgres standard",
    ]);
  });

  test("takes measured costs over assumed ones", () => {
    const label = "//extensions/citus:citus~13.2.0~postgres~17.7";
    const measured = costModel(costs, new Map([[label, 1000]]));
    const request = { index: MONOGRES, targets: [label], architectures: ["amd64" as const] };
    expect(planRelease({ ...request, cost: measured }).jobs[0]?.shards[0]?.cpuSeconds).toBe(1008);
    expect(planRelease(request).jobs[0]?.shards[0]?.cpuSeconds).toBe(248);
  });
});

const costs = matrixCosts({ ...FULL_MATRIX, extensions: 10 });

describe("targets of a release", () => {
  const labels = (targets: string[]) => labelsOf(plan({ targets }), "amd64").sort();

  test.each<[string, string[], string[]]>([
    ["a label", ["//smoke:hello"], ["//smoke:hello"]],
    ["a label without a name, which is its folder's", ["//extensions/pgvector"], ["//extensions/pgvector:pgvector"]],
    ["a manual label", ["//smoke:broken"], ["//smoke:broken"]],
    ["a folder, without what is manual", ["//smoke/..."], ["//smoke:hello"]],
    [
      "all of a package, less some",
      ["//postgres:all", "-//postgres:*~15.18~*", "-//postgres:*~regular"],
      ["//postgres:postgres~16.9~barebones", "//postgres:postgres~16.9~minimal"],
    ],
    ["any text", ["//postgres:postgres~16.*~barebones"], ["//postgres:postgres~16.9~barebones"]],
    ["all but", ["-//extensions/...", "-//postgres/..."], ["//smoke:hello"]],
  ])("%s", (_, patterns, expected) => {
    expect(labels(patterns)).toEqual(expected);
  });

  test("that do not exist are named with what is near", () => {
    expect(() => plan({ targets: ["//postgres:postgres~16.10~barebones"], where: "monofarm:release" })).toThrow(
      /^monofarm:release: targets: found "\/\/postgres:postgres~16\.10~barebones"; allowed: .*postgres~16\.9~barebones/,
    );
    expect(() => plan({ optionSets: ["regulr"] })).toThrow(/option sets: found regulr; allowed: regular/);
    expect(() => plan({ targets: ["//smoke:hello", "-//smoke:hello"] })).toThrow(/leave at least one/);
  });

  test("whose names no shard list could hold are refused", () => {
    const [vector] = EXAMPLE.extensions;
    const extensions = [{ name: "pgvector", versions: [{ ...vector?.versions[0], version: "0.8 beta" }] }];
    expect(() => plan({ index: { ...EXAMPLE, extensions } as MatrixIndex })).toThrow(
      /targets: found "\/\/extensions\/pgvector:pgvector~0\.8 beta~postgres~16\.9"; allowed: a label without spaces/,
    );
  });

  test("of some option sets alone", () => {
    const found = labelsOf(plan({ optionSets: ["minimal"] }), "amd64");
    expect(found).toContain("//postgres:postgres~16.9~minimal");
    expect(found).not.toContain("//postgres:postgres~16.9~barebones");
    expect(found).toContain("//smoke:hello");
  });
});

describe("an eighth of the full matrix", () => {
  const size = { ...FULL_MATRIX, extensions: 125 };
  const request = { cost: costModel(matrixCosts(size)), architectures: ["amd64" as const] };
  const files = matrixFiles(size);
  const whole = planRelease({ ...request, index: parseIndex(files, "generated") });

  test("counts 60 × (5 + 125 × 10) targets", () => {
    expect(labelsOf(whole, "amd64")).toHaveLength(60 * (5 + 1250));
  });

  test("does not depend on the order of the files", () => {
    const reversed = new Map([...files].reverse());
    expect(planRelease({ ...request, index: parseIndex(reversed, "generated") })).toEqual(whole);
  });

  test("is merged from its parts: what two indexes give together is what each gives", () => {
    const part = (from: number, to: number) =>
      new Map([...files].filter(([file]) => !file.includes("extension_") || inRange(file, from, to)));
    const targets = (some: ReadonlyMap<string, string>) =>
      listTargets(parseIndex(some, "part")).map(({ label }) => label);
    const [left, right] = [part(0, 60), part(60, 125)];
    const union = (a: string[], b: string[]) => [...new Set([...a, ...b])].sort();
    expect(union(targets(left), targets(right))).toEqual(targets(files).sort());
    expect(union(targets(right), targets(left))).toEqual(union(targets(left), targets(right)));
  });
});

describe("the full matrix of the design, in part", () => {
  test.each([300, 640])(
    "%i extensions: of a hundredth more at most 15 in 1000 move, the heaviest shard is 1.2 × the mean",
    (extensions) => {
      const grown = { ...FULL_MATRIX, extensions: Math.round(extensions * 1.01) };
      const cost = costModel(matrixCosts(grown));
      const planOf = (size: MatrixSize) =>
        planRelease({ index: parseIndex(matrixFiles(size), "generated"), cost, architectures: ["amd64"] });
      const [before, after] = [planOf({ ...grown, extensions }), planOf(grown)];
      expect(moved(before, after)).toBeLessThanOrEqual(0.015);
      expect(imbalance(after)).toBeLessThanOrEqual(1.2);
    },
  );
});

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, first] of items.entries()) {
    for (const rest of permutations(items.filter((_, j) => j !== i))) yield [first, ...rest];
  }
}

function inRange(file: string, from: number, to: number): boolean {
  const number = Number(/extension_(\d+)/.exec(file)?.[1]);
  return number >= from && number < to;
}

describe("shard lists", () => {
  test("are what pods read, one for each index", () => {
    const small = plan({ architectures: ["amd64"], shardCpuSeconds: 200 });
    const objects = [...shardObjects(small, WORKSPACE)];
    expect(objects.length).toBe(small.jobs.reduce((sum, { shards }) => sum + shards.length, 0));
    for (const { key, file } of objects) {
      expect(shardFileSchema.parse(file)).toEqual(file);
      const job = small.jobs.find(({ name }) => name === file.job);
      expect(key).toBe(`${job?.digest ?? ""}/${String(file.index).padStart(5, "0")}.json`);
      expect(job?.shards[file.index]?.labels).toEqual(file.labels);
    }
  });
});

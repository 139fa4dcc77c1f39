import { describe, expect, test } from "vitest";
import fc from "fast-check";

import { account, holds, longestPause, median, parseIndexes, sustainedRate } from "../../bench/release-day/account";
import { BAD_DAY, indexFaults, indexKey, killAt, NO_FAULTS, stormOn } from "../../bench/release-day/faults";
import { gauge } from "../../bench/release-day/footprint";
import { planReleases } from "../../bench/release-day/releases";
import { kwokConfig } from "../../bench/release-day/stages";
import { FULL_MATRIX } from "../../bench/matrix-full-index";
import { endingOf, type Pod, Witness } from "../../bench/release-day/witness";
import { controlPlane } from "../../local/node/control-plane";
import { paths } from "../../local/node/layout";

const JOBS = [
  { name: "big", indexes: 1000 },
  { name: "small", indexes: 2 },
  { name: "single", indexes: 1 },
];

describe("the day that goes wrong", () => {
  const faults = indexFaults("world", JOBS, BAD_DAY, "seed");

  test("is the same for the same seed, and another for another", () => {
    expect(indexFaults("world", JOBS, BAD_DAY, "seed")).toEqual(faults);
    expect(indexFaults("world", JOBS, BAD_DAY, "other")).not.toEqual(faults);
    expect(killAt(5, BAD_DAY, "seed")).toEqual(killAt(5, BAD_DAY, "seed"));
  });

  test("has its share of red and of retried indexes, and no index is both", () => {
    const of = (keys: ReadonlySet<string>, job: string) => [...keys].filter((key) => key.split("/")[1] === job).length;
    expect([of(faults.red, "big"), of(faults.retried, "big")]).toEqual([10, 10]);
    expect([of(faults.red, "small"), of(faults.retried, "small")]).toEqual([1, 1]);
    expect([of(faults.red, "single"), of(faults.retried, "single")]).toEqual([0, 0]);
    expect([...faults.red].filter((key) => faults.retried.has(key))).toEqual([]);
  });

  test("kills each process once in every four, at the mean distance", () => {
    const kills = Array.from({ length: 4000 }, (_, place) => killAt(place, BAD_DAY, "seed"));
    for (let i = 0; i < kills.length; i += 4) {
      expect(new Set(kills.slice(i, i + 4).map(({ victim }) => victim)).size).toBe(4);
    }
    const mean = kills.reduce((sum, { afterSeconds }) => sum + afterSeconds, 0) / kills.length;
    expect(mean / BAD_DAY.secondsBetweenKills).toBeCloseTo(1, 1);
    expect(Math.min(...kills.map(({ afterSeconds }) => afterSeconds))).toBeGreaterThanOrEqual(0);
  });

  test("takes a quarter of the nodes, each once, with and without notice", () => {
    const nodes = Array.from({ length: 40 }, (_, i) => `node-${i}`);
    const { withNotice, without } = stormOn(nodes, BAD_DAY, "seed");
    expect([withNotice.length, without.length]).toEqual([5, 5]);
    expect(new Set([...withNotice, ...without]).size).toBe(10);
  });
});

describe("the account of indexes", () => {
  const evidence = (completed: string, failed: string, succeeded: number[]) => ({
    ...{ namespace: "n", name: "j", indexes: 4, completed, failed },
    succeeded: new Set(succeeded),
  });
  const red = { red: new Set([indexKey("n", "j", 3)]) };
  const NONE = { lost: 0, wronglyFailed: 0, wronglyCompleted: 0, unseen: 0, uncounted: 0 };

  test.each([
    ["holds where red indexes failed and all others completed", evidence("0-2", "3", [0, 1, 2]), {}],
    ["sees an index that neither completed nor failed", evidence("0,2", "3", [0, 2]), { lost: 1 }],
    ["sees one that failed for nothing", evidence("0,1", "2,3", [0, 1]), { wronglyFailed: 1 }],
    ["sees a red one that passed", evidence("0-3", "", [0, 1, 2, 3]), { wronglyCompleted: 1 }],
    ["sees one that is both", evidence("0-3", "3", [0, 1, 2, 3]), { wronglyCompleted: 1 }],
    ["sees one that completed without a pod", evidence("0-2", "3", [0, 1]), { unseen: 1 }],
    ["sees a pod that succeeded for nothing", evidence("0,1", "3", [0, 1, 2]), { lost: 1, uncounted: 1 }],
  ])("%s", (_, job, wrong) => {
    const sum = account([job], red);
    expect(sum).toMatchObject({ ...NONE, ...wrong });
    expect(holds(sum)).toBe(Object.keys(wrong).length === 0);
  });

  test("reads the API's form of any set of indexes", () => {
    expect([...parseIndexes("")]).toEqual([]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(300)), (numbers) => {
        const sorted = numbers.sort((a, b) => a - b);
        const starts = sorted.filter((n) => !sorted.includes(n - 1));
        const text = starts.map((from) => {
          let to = from;
          while (sorted.includes(to + 1)) to++;
          return from === to ? `${from}` : `${from}-${to}`;
        });
        expect([...parseIndexes(text.join(","))]).toEqual(sorted);
      }),
    );
  });
});

describe("how fast it goes", () => {
  const steady = Array.from({ length: 101 }, (_, i) => ({ at: 10_000 + i * 100, done: i }));

  test("is what the middle does, whatever the start and the end are like", () => {
    expect(sustainedRate(steady)).toBeCloseTo(10);
    expect(sustainedRate([{ at: 0, done: 0 }, ...steady.slice(1, 100), { at: 90_000, done: 100 }])).toBeCloseTo(10);
    expect(sustainedRate([])).toBe(0);
    expect(sustainedRate([{ at: 5, done: 0 }])).toBe(0);
  });

  test("pauses where nothing is done, and not where it is only looked at", () => {
    const progress = [0, 1, 1, 1, 2].map((done, i) => ({ at: i * 1000, done }));
    expect(longestPause(progress)).toBe(3);
    expect(longestPause([])).toBe(0);
  });

  test("has a median", () => {
    expect([median([3, 1, 2]), median([5]), median([])]).toEqual([2, 5, 0]);
  });
});

describe("the witness", () => {
  const pod = (uid: string, status: Pod["status"], index = "7"): Pod => ({
    metadata: {
      name: uid,
      uid,
      labels: { "batch.kubernetes.io/job-name": "j" },
      annotations: { "batch.kubernetes.io/job-completion-index": index },
    },
    spec: {},
    status,
  });
  const exit = (exitCode: number) => ({
    phase: "Failed",
    containerStatuses: [{ state: { terminated: { exitCode } } }],
  });
  const disruption = [{ type: "DisruptionTarget", status: "True" }];

  test.each([
    [{ phase: "Running" }, undefined],
    [{ phase: "Succeeded" }, "succeeded"],
    [exit(1), "red"],
    [exit(3), "failed"],
    [{ ...exit(143), conditions: disruption }, "disrupted"],
    [{ phase: "Running", conditions: disruption }, undefined],
  ])("takes %j for %s", (status, ending) => {
    expect(endingOf(pod("a", status))).toBe(ending);
  });

  test("counts each pod and each ending once, however often it is shown", () => {
    const witness = new Witness();
    for (const phase of ["Pending", "Running", "Succeeded", "Succeeded"]) witness.see(pod("a", { phase }), 5);
    witness.see(pod("b", exit(1), "8"), 6);
    expect([...witness.endedAt]).toEqual([
      ["a", 5],
      ["b", 6],
    ]);
    expect(witness.endings).toEqual({ succeeded: 1, red: 1, failed: 0, disrupted: 0 });
    expect(witness.succeeded).toEqual(new Map([["j", new Set([7])]]));
  });
});

describe("the stages of simulated pods", () => {
  interface Document {
    readonly metadata?: { readonly name: string };
    readonly spec?: { readonly weight: number; readonly selector: unknown };
  }
  const stages = (text: string) => text.split("\n---\n").map((part) => JSON.parse(part) as Document);

  test("fail the indexes that the day names, before they could succeed", () => {
    const documents = stages(kwokConfig({ red: new Set(["n/j/1"]), retried: new Set(["n/j/2"]) }));
    const named = (name: string) => documents.find(({ metadata }) => metadata?.name === name)?.spec;
    expect(JSON.stringify(named("pod-is-red")?.selector)).toContain('"n/j/1"');
    expect(JSON.stringify(named("pod-fails-once")?.selector)).toContain('"n/j/2"');
    for (const name of ["pod-is-red", "pod-fails-once"]) {
      expect(named(name)?.weight).toBeGreaterThan(named("pod-succeeds")?.weight ?? Infinity);
    }
  });

  test("name nothing on a good day", () => {
    const names = stages(kwokConfig(NO_FAULTS)).map(({ metadata }) => metadata?.name);
    expect(names).toContain("pod-succeeds");
    expect(names).not.toContain("pod-is-red");
    expect(names).not.toContain("pod-fails-once");
  });
});

describe("the releases of a small matrix", () => {
  const { quarter, world } = planReleases(2000, { ...FULL_MATRIX, extensions: 20, versions: 2 });

  test("are a minor of each of 5 majors, and all 60, on both architectures", () => {
    expect(quarter.targets).toBe(5 * (5 + 20 * 2) * 2);
    expect(world.targets).toBe(60 * (5 + 20 * 2) * 2);
    for (const { jobs, indexes, targets } of [quarter, world]) {
      expect(jobs.reduce((sum, job) => sum + job.indexes, 0)).toBe(indexes);
      expect(jobs.reduce((sum, job) => sum + job.targets, 0)).toBe(targets);
    }
  });

  test("are Jobs of the real component, for nodes of their own architecture", () => {
    for (const { name, indexes, labels, spec } of world.jobs) {
      expect(spec).toMatchObject({ completionMode: "Indexed", completions: indexes, podReplacementPolicy: "Failed" });
      expect(spec).toHaveProperty("podFailurePolicy.rules.1.action", "FailIndex");
      const architecture = labels["farm.build/architecture"];
      expect(name).toContain(`-${architecture}-`);
      expect(spec.template.spec["nodeSelector"]).toMatchObject({ "kubernetes.io/arch": architecture });
    }
  });
});

test("a gauge is read from Prometheus' text, by its whole name", () => {
  const text = "# TYPE a_total gauge\na_total_bytes 7\na_total 1.5e+06\n";
  expect(gauge(text, "a_total")).toBe(1_500_000);
  expect(gauge(text, "missing")).toBe(0);
});

test("further arguments of a daemon come last, so that they win", () => {
  const tools = { etcd: "e", "kube-apiserver": "a", "kube-controller-manager": "c", "kube-scheduler": "s" };
  const at = paths({ name: "t", state: "/s", run: "/r" });
  const farm = controlPlane(tools, at);
  const more = controlPlane(tools, at, { "kube-controller-manager": ["--allocate-node-cidrs=false"] });
  const changed = more.filter((spec, i) => JSON.stringify(spec) !== JSON.stringify(farm[i]));
  expect(changed.map(({ name }) => name)).toEqual(["kube-controller-manager"]);
  expect(changed[0]?.args.at(-1)).toBe("--allocate-node-cidrs=false");
});

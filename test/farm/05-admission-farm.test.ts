import { describe, expect, test } from "vitest";

import { FARM_LAYOUT } from "../../local/node/layout";
import { presentTools } from "../../local/toolbox/toolbox";
import { message } from "../../policies/rule";
import { kubectl as kubectlOn } from "../policies/engine/api-server";
import { attempt, type Kubectl, refused, wronglyAnswered } from "../policies/engine/attempt";
import { CLUSTER_RULES, goldenObjects, type Manifest, manifest, mutatedObjects } from "../policies/engine/manifests";
import { type Declared, GOLDEN } from "../policies/golden";
import { RULES } from "../policies/judge";

const kubectl: Kubectl = async (args, input) => kubectlOn(await presentTools(), FARM_LAYOUT, args, input);

/** A cluster without GitHub's controller has no kind for its sets of runners. */
const isKnown = ({ kind }: Manifest) => kind !== "AutoscalingRunnerSet";
const wordsOf = (id: string) => message(RULES.find((rule) => rule.id === id) as (typeof RULES)[number]);

describe("the running farm's API server", () => {
  test("has a policy for each rule that it can decide, bound to the farm's namespaces", async () => {
    const names = async (kind: string) => {
      const { lines } = await kubectl(["get", kind, "--selector=app.kubernetes.io/part-of=monofarm", "--output=name"]);
      return lines.map((line) => line.split("/").at(-1)).sort();
    };
    const expected = CLUSTER_RULES.map(({ name }) => `monofarm-${name}`).sort();
    expect(await names("validatingadmissionpolicies")).toEqual(expected);
    expect(await names("validatingadmissionpolicybindings")).toEqual(expected);
  });

  test("admits the golden farm", async () => {
    expect(await refused(kubectl, goldenObjects().filter(isKnown))).toEqual([]);
  });

  test("refuses its mutants, each by its rule and in the words of the pack", async () => {
    const known = mutatedObjects().filter(({ object }) => isKnown(object));
    expect(new Set(known.map(({ rule }) => rule.id)).size).toBe(CLUSTER_RULES.length - 1);
    expect(await wronglyAnswered(kubectl, known)).toEqual([]);
  });

  test("refuses what is not Pulumi's: a pod that somebody runs, and a Job that a workflow submits", async () => {
    const pod = ["run", "mine", "--namespace=monofarm", "--image=busybox:1.31", "--dry-run=server"];
    const ran = await kubectl(pod);
    expect(ran.succeeded).toBe(false);
    expect(ran.lines.join("\n")).toMatch(/denied request: [HS]\d\d /);

    const job = manifest(GOLDEN["release"] as Declared, "workflow-");
    const inReleases = { ...job, metadata: { ...job.metadata, namespace: "monofarm-release" } };
    expect(await refused(kubectl, [inReleases])).toEqual([]);
    const unnamed = JSON.parse(JSON.stringify(inReleases).replaceAll('"MONOFARM_JOB_DIGEST"', '"DIGEST"')) as Manifest;
    const [line] = [...(await attempt(kubectl, [unnamed])).values()];
    expect(line).toContain(`denied request: ${wordsOf("H20")}`);
  });
});

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { committedConfig } from "../../local/stack/stack-file";
import { farmValues } from "../../local/stack/machine";
import { presentTools } from "../../local/toolbox/toolbox";
import { message } from "../../policies/rule";
import { ApiServer } from "../policies/engine/api-server";
import { attempt, isAdmitted, type Kubectl, refused, wronglyAnswered } from "../policies/engine/attempt";
import {
  CLUSTER_RULES,
  goldenObjects,
  list,
  type Manifest,
  manifest,
  mutatedObjects,
  underEveryOwner,
} from "../policies/engine/manifests";
import { type Declared, GOLDEN } from "../policies/golden";
import { mutate } from "../policies/mutants";
import { WALL_CASES } from "../policies/walls";
import { awsValues } from "../stacks/aws-values";
import { declareFarm } from "../stacks/golden";
import { kubernetesValues } from "../stacks/kubernetes-values";

/** Runners' sets are of a kind that their controller brings; any schema will do here. */
const RUNNER_SETS = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "autoscalingrunnersets.actions.github.com" },
  spec: {
    group: "actions.github.com",
    scope: "Namespaced",
    names: { kind: "AutoscalingRunnerSet", plural: "autoscalingrunnersets" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
const account = (where: string) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "default", namespace: where },
});

const MUTATED = mutatedObjects();
const declared = (farm: Record<string, Declared>, name: string) => manifest(farm[name] as Declared);
const CLEAN = declared(GOLDEN, "release");
const TAGGED = declared(mutate("release", "spec.template.spec.containers.0.image", "busybox:1.31"), "release");
const IMAGE = MUTATED.find(({ rule }) => rule.id === "H01") as (typeof MUTATED)[number];

/** A pod that was there before the policies, and breaks one. */
const [OLD] = underEveryOwner(TAGGED, "old-") as [Manifest];

let server: ApiServer;
const kubectl: Kubectl = (args, input) => server.kubectl(args, input);

/** The cluster's part of a stack, as objects; but for Secrets, which no rule reads and no record holds in clear. */
const objects = async (values: Record<string, unknown>, prefix = "") =>
  (await declareFarm(values))
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Secret"))
    .map(({ type, inputs }) => manifest({ type, props: inputs }, prefix));
const isAdmission = ({ apiVersion }: Manifest) => apiVersion.startsWith("admissionregistration");

/** Resources of the stack `kubernetes`. */
let stack: Manifest[];

beforeAll(async () => {
  server = new ApiServer(await presentTools());
  await server.start();
  stack = await objects(kubernetesValues());
  const namespaces = ["monofarm", "elsewhere"].flatMap((name) => [namespace(name), account(name)]);
  const old = { ...OLD, metadata: { ...OLD.metadata, finalizers: ["farm.build/test"] } };
  const made = await kubectl(
    ["create", "-f", "-"],
    list([RUNNER_SETS, ...namespaces, old, ...stack.filter(isAdmission)]),
  );
  expect(made.lines.filter((line) => !line.endsWith(" created"))).toEqual([]);
  // A server holds a policy a moment after it has it.
  const areHeld = async () => (await wronglyAnswered(kubectl, MUTATED)).length === 0;
  await vi.waitUntil(areHeld, { timeout: 30_000, interval: 500 }).catch(() => undefined);
});
afterAll(async () => {
  await server.stop();
});

describe("an API server with the policies of the stack kubernetes", () => {
  test("has one for each rule that it can decide", () => {
    const policies = stack.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
    const names = policies.map(({ metadata: { name } }) => name).sort();
    expect(names).toEqual(CLUSTER_RULES.map(({ name }) => `monofarm-${name}`).sort());
  });

  test("admits the golden farm, and what the stacks kubernetes and aws declare", async () => {
    const all = [...stack, ...(await objects(awsValues(), "aws-"))];
    const clean = [...goldenObjects(), ...all.filter((one) => !isAdmission(one))];
    expect(clean.length).toBeGreaterThan(50);
    expect(await refused(kubectl, clean)).toEqual([]);
  });

  test(`refuses ${MUTATED.length} mutants of the golden farm, each by its rule and in the words of the pack`, async () => {
    expect(await wronglyAnswered(kubectl, MUTATED)).toEqual([]);
    expect(new Set(MUTATED.map(({ rule }) => rule.id)).size).toBe(CLUSTER_RULES.length);
  });

  test("gives the verdict of configuration and pack on the cases that all three walls judge", async () => {
    const cases = WALL_CASES.map(({ declared, holds }, index) => ({
      holds,
      object: manifest(declared, `case-${index}-`),
    }));
    const answers = await attempt(
      kubectl,
      cases.map(({ object }) => object),
    );
    const wrong = cases.filter(({ holds, object }) => isAdmitted(answers.get(object.metadata.name) ?? "") !== holds);
    expect(wrong).toEqual([]);
    expect(cases.filter(({ holds }) => holds).length).toBeGreaterThan(2);
  });

  test("warns whoever asks where a rule is an advice", async () => {
    const advised = MUTATED.filter(({ rule }) => rule.level === "advisory");
    expect(advised.map(({ rule }) => rule.id)).toEqual(["S03"]);
    for (const { rule, object } of advised) {
      const { lines } = await kubectl(["create", "--dry-run=server", "-f", "-"], object);
      expect(lines.join("\n")).toContain(`Warning: Validation failed for ValidatingAdmissionPolicy`);
      expect(lines.join("\n")).toContain(message(rule));
    }
  });

  test("judges a pod whoever owns it, and a pod that nobody owns", async () => {
    expect(await refused(kubectl, underEveryOwner(CLEAN, "clean-"))).toEqual([]);
    const tagged = await refused(kubectl, underEveryOwner(TAGGED, "tagged-"));
    expect(tagged).toHaveLength(8);
    expect(tagged.filter(([, line]) => !line.endsWith(message(IMAGE.rule)))).toEqual([]);
  });

  test("refuses a container that is added to a running pod", async () => {
    const [pod] = underEveryOwner(CLEAN, "running-") as [Manifest];
    expect((await kubectl(["create", "-f", "-"], pod)).succeeded).toBe(true);
    const debug = ["debug", "--namespace=monofarm", pod.metadata.name, "--image=busybox:1.31", "--profile=restricted"];
    const { succeeded, lines } = await kubectl([...debug, "--attach=false"]);
    expect(succeeded).toBe(false);
    expect(lines.join("\n")).toContain(message(IMAGE.rule));
  });

  test("asks nothing about other namespaces", async () => {
    const { object } = IMAGE;
    const elsewhere = { ...object, metadata: { ...object.metadata, namespace: "elsewhere" } };
    expect(await refused(kubectl, [elsewhere])).toEqual([]);
  });

  test("lets go what was there before, and does not let it change", async () => {
    const { name } = OLD.metadata;
    const pod = (...args: string[]) => kubectl(["--namespace=monofarm", ...args]);
    const changed = await pod("set", "image", `pod/${name}`, "client=busybox:1.32");
    expect(changed.succeeded).toBe(false);
    expect(changed.lines.join("\n")).toContain(message(IMAGE.rule));
    const ended = await pod("patch", "pod", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}');
    expect(ended.lines).toEqual([`pod/${name} patched`]);
    expect((await pod("delete", "pod", name, "--now", "--wait=false")).succeeded).toBe(true);
  });
});

test("with the policies of the stack local it takes what that one exempts, by name, and nothing else", async () => {
  const image = (name: string) => `registry.example/${name}@sha256:${"e".repeat(64)}`;
  const images = {
    buildbarn: image("b"),
    client: image("c"),
    s3: image("s"),
    prometheus: image("p"),
    worker: image("w"),
  };
  const local = await objects({
    ...committedConfig("local"),
    ...farmValues(images, ["amd64"], committedConfig("local")),
  });
  const replaced = await kubectl(["replace", "-f", "-"], list(local.filter(isAdmission)));
  expect(replaced.lines.filter((line) => !line.endsWith(" replaced"))).toEqual([]);

  const emulated = MUTATED.find(({ mutant }) => mutant.path.includes("emulated"))?.object as Manifest;
  const exempt = { ...emulated, metadata: { ...emulated.metadata, name: "worker-arm64" } };
  const isTaken = async () => [...(await attempt(kubectl, [exempt])).values()].every(isAdmitted);
  await vi.waitUntil(isTaken, { timeout: 30_000, interval: 500 });
  expect(
    await refused(
      kubectl,
      local.filter((one) => !isAdmission(one)),
    ),
  ).toEqual([]);
  expect(await refused(kubectl, [emulated])).toHaveLength(1);
});

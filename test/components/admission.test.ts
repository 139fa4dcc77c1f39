import * as kubernetes from "@pulumi/kubernetes";
import { beforeAll, describe, expect, test } from "vitest";

import { Admission } from "../../components/admission/admission";
import { admissionPolicies } from "../../policies/admission";
import { HERMETIC } from "../../policies/hermetic/rules";
import { RULES } from "../../policies/rules";
import { readTuning } from "../../policies/tuning";
import { message } from "../../policies/rule";
import { declareFarm } from "../stacks/golden";
import { kubernetesValues } from "../stacks/kubernetes-values";
import { ofType, record, type Recorded } from "./recorder";

const KIND = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";

interface Policy {
  readonly spec: {
    readonly failurePolicy: string;
    readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly message: string }[];
  };
}

const policiesUnder = (tuning: object) =>
  new Map(admissionPolicies(RULES, readTuning(tuning, RULES, "file")).map((one) => [one.name, one]));

describe("admission policies of two namespaces", () => {
  let resources: Recorded[];
  beforeAll(async () => {
    resources = await record(() => {
      const provider = new kubernetes.Provider("cluster");
      const policies = admissionPolicies(HERMETIC, {});
      new Admission("admission", { provider, namespaces: ["farm", "releases"], policies });
      return Promise.resolve();
    });
  });

  test("come each with a binding to these namespaces alone, by the label that nobody can take away", () => {
    const bindings = ofType(resources, `${KIND}Binding`);
    const policies = ofType(resources, KIND);
    expect([...bindings.keys()]).toEqual([...policies.keys()]);
    expect(policies.size).toBeGreaterThan(5);
    for (const [name, { spec }] of bindings) {
      expect(spec).toEqual({
        policyName: `monofarm-${name}`,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: {
            matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["farm", "releases"] }],
          },
        },
      });
    }
  });

  test("refuse what they cannot decide, and speak in the words of the packs", () => {
    for (const [name, { spec }] of ofType(resources, KIND) as unknown as Map<string, Policy>) {
      const rule = HERMETIC.find((one) => one.name === name) as (typeof HERMETIC)[number];
      expect(spec.failurePolicy).toBe("Fail");
      expect([...new Set(spec.validations.map((validation) => validation.message))]).toEqual([message(rule)]);
    }
  });

  test("belong to their component and its provider", () => {
    const own = resources.filter(({ type }) => type.startsWith(KIND));
    expect(own.filter(({ parent, provider }) => parent !== "admission" || provider === "")).toEqual([]);
  });
});

describe("a stack's tuning of the rules", () => {
  test("decides what is done, by the same names as the packs'", () => {
    const tuned = policiesUnder({ "image-digest-pinned": "advisory", "one-scheduler": "disabled" });
    expect(tuned.get("image-digest-pinned")?.action).toBe("Warn");
    expect(tuned.has("one-scheduler")).toBe(false);
    expect(policiesUnder({}).get("image-digest-pinned")?.action).toBe("Deny");
  });

  test("sets thresholds", () => {
    const expression = (tuning: object) => policiesUnder(tuning).get("job-bounded")?.spec.validations[0]?.expression;
    expect(expression({})).toContain("object.spec.completions <= 100000");
    expect(expression({ "job-bounded": { completions: 7 } })).toContain("object.spec.completions <= 7");
  });

  test("exempts objects by name, and what their controllers make of them where the rule is about pods", () => {
    const exempt = [{ resource: "worker-*", reason: "One machine stands for every architecture." }];
    const conditions = (name: string) =>
      policiesUnder({ [name]: { exempt } })
        .get(name)
        ?.spec.matchConditions.slice(1);
    expect(conditions("arch-explicit-no-emulation")).toEqual([
      { name: "exempt-0", expression: '!object.metadata.name.matches("^worker-.*(-.*)?$")' },
    ]);
    expect(conditions("config-immutable-hashed")).toEqual([
      { name: "exempt-0", expression: '!object.metadata.name.matches("^worker-.*$")' },
    ]);
  });
});

test("an update is judged where it touches what the rule looks at, and only there", () => {
  const changed = (name: string) => policiesUnder({}).get(name)?.spec.matchConditions[0]?.expression;
  const differs = (path: string) => `object.?${path} != oldObject.?${path}`;
  expect(changed("image-digest-pinned")).toBe(`request.operation != "UPDATE" || ${differs("spec")}`);
  expect(changed("role-declared")).toBe(
    `request.operation != "UPDATE" || ${differs("metadata.?labels")} || ${differs("spec")}`,
  );
  expect(changed("config-immutable-hashed")).toBe(
    `request.operation != "UPDATE" || ${["data", "immutable", "metadata.?labels", "metadata.?name"].map(differs).join(" || ")}`,
  );
});

test("a farm's namespace waits for the policies that judge what is in it", async () => {
  const resources = await declareFarm(kubernetesValues());
  const namespace = resources.find(({ type }) => type === "kubernetes:core/v1:Namespace");
  const [admission] = [namespace?.options.dependsOn].flat() as Admission[];
  expect(admission).toBeInstanceOf(Admission);
});

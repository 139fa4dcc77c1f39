import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, test } from "vitest";

import { analyzer, SERVICE } from "../../policies/analyzer";
import { exemptionFor } from "../../policies/exemptions";
import { Pack } from "../../policies/pack";
import { any } from "../../policies/predicates/condition";
import { checkResource, type Rule } from "../../policies/rule";
import type { Declared } from "./golden";
import { asResources, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

/** A request as the service reads it off its bytes. */
const sent = (request: messages.AnalyzeRequest) =>
  SERVICE.analyze.requestDeserialize(Buffer.from(request.serializeBinary()));

interface Said {
  readonly policy: string;
  readonly level: string;
  readonly text: string;
}

/** Calls a method of the service that the packs are. */
function called<Request, Response>(
  method: (call: { readonly request: Request }, done: (error: unknown, response?: Response | null) => void) => void,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method({ request }, (error, response) => {
      if (response) resolve(response);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** Asks the packs about a resource as the engine does: over its own encoding, policies and levels. */
async function ask({ type, props }: Declared, tuning: Readonly<Record<string, object>> = {}): Promise<Said[]> {
  const service = analyzer(new Pack("monofarm", RULES), "0.1.0");
  await called(service.configure, configuration(tuning));
  const request = new messages.AnalyzeRequest();
  request.setType(type);
  request.setName("asked");
  request.setUrn(`urn:pulumi:test::monofarm::${type}::asked`);
  request.setProperties(Struct.fromJavaScript(props as never));
  request.setOptions(new messages.AnalyzerResourceOptions());
  const response = await called(service.analyze, sent(request));
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: diagnostic.getEnforcementlevel() === messages.EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
    text: diagnostic.getMessage(),
  }));
}

/** A stack's tuning as the engine sends it. */
function configuration(tuning: Readonly<Record<string, object>>): messages.ConfigureAnalyzerRequest {
  const request = new messages.ConfigureAnalyzerRequest();
  for (const [policy, values] of Object.entries(tuning)) {
    const config = new messages.PolicyConfig();
    config.setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
    config.setProperties(Struct.fromJavaScript(values as never));
    request.getPolicyconfigMap().set(policy, config);
  }
  return request;
}

const BROKEN = {
  title: "nothing",
  types: ["broken"],
  subjects: () => {
    throw new Error("no such view");
  },
};

const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SECRET]: "1b47061264138c4ac30d75fd1eb44270", value });
/** How the engine writes a text that is not known yet. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const of = (resource: string, path: string, value: unknown) => mutate(resource, path, value)[resource] as Declared;
/** Mutants that the object shows by itself. */
const OBJECTS = MUTANTS.filter(({ rule, resource, path, value }) =>
  asResources({ own: of(resource, path, value) }).some((own) =>
    RULES.some((one) => one.id === rule && checkResource(one, own).length > 0),
  ),
);

describe("over Pulumi's own encoding", () => {
  const secrets = OBJECTS.filter(({ path, value }) => !path.includes("|") && value !== undefined);
  test.each(secrets.map((one) => [one.rule, one.resource, one.path, one] as const))(
    "%s: a secret %s %s is judged as what it holds",
    async (id, _resource, _path, { resource, path, value }) => {
      const rule = RULES.find((one) => one.id === id);
      const said = await ask(of(resource, path, secret(value)));
      expect([...new Set(said.map(({ policy, level }) => `${policy} ${level}`))]).toEqual([
        `${rule?.name} ${rule?.level}`,
      ]);
    },
  );

  test.each(OBJECTS.map((one) => [one.rule, one.resource, one.path.split("|")[0] ?? ""] as const))(
    "%s: an unknown %s %s is said, as an advice",
    async (id, resource, path) => {
      const rule = RULES.find((one) => one.id === id);
      const said = await ask(of(resource, path, UNKNOWN_TEXT));
      const own = said.filter(({ policy }) => policy === rule?.name);
      expect(own.map(({ level }) => level)).toEqual(["advisory"]);
      expect(own[0]?.text).toContain("undecided before the deploy");
    },
  );

  test("an unknown value hides nothing that is known already", async () => {
    const spec = "spec.template.spec";
    const half = of("worker", `${spec}.containers.0.image`, "busybox:1.31.1");
    const { props } = half as unknown as {
      props: { spec: { template: { spec: { initContainers: { image: string }[] } } } };
    };
    const [runner] = props.spec.template.spec.initContainers;
    if (runner !== undefined) runner.image = UNKNOWN_TEXT;
    const said = (await ask(half)).filter(({ policy }) => policy === "image-digest-pinned");
    expect(said.map(({ level }) => level)).toEqual(["mandatory"]);
    expect(said[0]?.text).toMatch(/Found spec\.template\.spec\.containers\[0\]\.image: busybox:1\.31\.1$/);
  });
});

describe("a stack's tuning", () => {
  const job = of("release", "spec.completions", 200_000);
  const policiesOf = async (tuning: Record<string, object>) => (await ask(job, tuning)).map(({ policy }) => policy);

  test("sets thresholds", async () => {
    expect(await policiesOf({})).toEqual(["job-bounded"]);
    expect(await policiesOf({ "job-bounded": { completions: 300_000 } })).toEqual([]);
  });

  test("exempts resources by name", async () => {
    const exempt = (resource: string) => ({
      "job-bounded": { exempt: [{ resource, reason: "A day of every major at once." }] },
    });
    expect(await policiesOf(exempt("ask*"))).toEqual([]);
    expect(await policiesOf(exempt("other"))).toEqual(["job-bounded"]);
  });

  test("that is wrong stops the engine, with one line", async () => {
    const service = analyzer(new Pack("monofarm", RULES), "0.1.0");
    await expect(called(service.configure, configuration({ "job-bounded": { completion: 5 } }))).rejects.toThrow(
      /^--policy-pack-config: job-bounded\.completion: found 5; allowed: enforcementLevel, exempt, completions, parallelism, deadline, total$/,
    );
  });
});

test("the engine is told of every policy: what it looks at, its level, severity, and what a stack may tune", async () => {
  const service = analyzer(new Pack("monofarm", RULES), "0.1.0");
  const told = await called(service.getAnalyzerInfo, new Empty());
  const policies = told.getPoliciesList();
  expect(policies.map((policy) => policy.getName())).toEqual(RULES.map(({ name }) => name));
  const typeOf = (name: string) => policies.find((policy) => policy.getName() === name)?.getPolicyType();
  expect(typeOf("image-digest-pinned")).toBe(messages.PolicyType.POLICY_TYPE_RESOURCE);
  expect(typeOf("verify-pool-present")).toBe(messages.PolicyType.POLICY_TYPE_STACK);
  // Both: to the engine, a policy that does not say what it looks at.
  expect(typeOf("job-bounded")).toBe(messages.PolicyType.POLICY_TYPE_UNKNOWN);
  const bounded = policies.find((policy) => policy.getName() === "job-bounded");
  expect(bounded?.getEnforcementlevel()).toBe(messages.EnforcementLevel.MANDATORY);
  expect(bounded?.getSeverity()).toBe(messages.PolicySeverity.POLICY_SEVERITY_HIGH);
  const schema = bounded?.getConfigschema()?.getProperties()?.toJavaScript();
  expect(Object.keys(schema ?? {})).toEqual(["completions", "deadline", "exempt", "parallelism", "total"]);
});

test("what a rule throws, the engine is told: it does not pass", async () => {
  const broken = { ...(RULES[0] as Rule), objects: [{ on: BROKEN, must: any() }] };
  const service = analyzer(new Pack("monofarm", [broken]), "0.1.0");
  const request = new messages.AnalyzeRequest();
  request.setType("broken");
  await expect(called(service.analyze, sent(request))).rejects.toThrow("no such view");
});

test("an exemption is for resources by name", () => {
  const exempt = [{ resource: "worker-*", reason: "One machine stands for every architecture." }];
  expect(exemptionFor(exempt, "urn:pulumi:s::p::t::worker-arm64")).toBe(exempt[0]);
  expect(exemptionFor(exempt, "urn:pulumi:s::p::t::my-worker-arm64")).toBeUndefined();
  expect(exemptionFor([{ resource: "a.c", reason: "" }], "urn:pulumi:s::p::t::abc")).toBeUndefined();
});

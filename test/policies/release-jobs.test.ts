import { join } from "node:path";

import { expect, test } from "vitest";

import { jobLabels, jobSpec } from "../../components/matrix/job-spec";
import { planRelease } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import type { Declared } from "./golden";
import { judge } from "./judge";

const image = (name: string) => `registry.example/${name}@sha256:${"a".repeat(64)}`;

test("the Jobs of a release break no rule but that of user namespaces, which is an advice", () => {
  const plan = planRelease({ index: readIndex(join(__dirname, "../matrix/data/monogres")) });
  const pods = {
    image: image("client"),
    gatewayImage: image("buildbarn"),
    serviceAccount: "client",
    imagePullPolicy: "IfNotPresent",
    frontend: "grpc://frontend.monofarm:8980",
    s3: { endpoint: "http://s3.monofarm:7070", region: "us-east-1" },
    credentialsSecret: "s3-credentials",
    workerImages: { amd64: image("worker") },
    workerClasses: ["narrow", "wide"] as const,
    pool: { nodeSelector: {}, tolerations: [] },
  };
  const jobs = plan.jobs.map((job): [string, Declared] => [
    job.name,
    {
      type: "kubernetes:batch/v1:Job",
      props: JSON.parse(
        JSON.stringify({
          metadata: { name: job.name, namespace: "monofarm-release", labels: jobLabels(plan.id, job) },
          spec: jobSpec(plan.id, job, pods),
        }),
      ) as Declared["props"],
    },
  ]);
  const closed: Declared = {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    props: {
      metadata: { name: "closed", namespace: "monofarm-release" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
  };
  const found = judge({ ...Object.fromEntries(jobs), closed });
  expect([...new Set(found.map(({ rule }) => rule))]).toEqual(["S03"]);
  expect(found).toHaveLength(jobs.length);
  expect([...new Set(judge(Object.fromEntries(jobs)).map(({ rule }) => rule))]).toEqual(["H03", "S03"]);
});

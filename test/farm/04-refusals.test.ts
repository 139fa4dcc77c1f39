import { setTimeout as sleep } from "node:timers/promises";

import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { stackOutputs } from "../../local/stack/pulumi";
import type { FarmOutputs } from "../../stacks/outputs";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm, release } from "./cluster";

interface Pods {
  readonly items: readonly { readonly status: { readonly podIP: string } }[];
}

async function addressOf(part: string): Promise<string> {
  const selector = `labelSelector=app.kubernetes.io%2Fname%3D${part}`;
  const { items } = await kubeRequest<Pods>("GET", `/api/v1/namespaces/monofarm/pods?${selector}`);
  return items[0]?.status.podIP ?? "no pod";
}

describe("bad input changes nothing", () => {
  test.each([
    [["release", "//postgres:postgres~16.9~nothing"], /found .*nothing.*allowed: .*postgres~16\.9~/],
    [["release", "//postgres:postgres~99.1~barebones"], /found .*99\.1.*allowed: /],
    [["release", "--arch", "arm64"], /found arm64; allowed: what the farm has workers for: amd64/],
  ])("./farm %j is one clear line", async (args, line) => {
    const { release: before } = await release("status");
    const { code, stderr } = await farm(...args);
    const lines = stderr.trim().split("\n");
    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect((await release("status")).release.id).toBe(before.id);
  });
});

/** `UpdateActionResultRequest` with an action digest (field 2: hash "00…", size 1) and an empty result (field 3). */
function updateActionResult(): Buffer {
  const hash = Buffer.from("0".repeat(64));
  const digest = Buffer.concat([Buffer.from([0x0a, 64]), hash, Buffer.from([0x10, 1])]);
  return Buffer.concat([Buffer.from([0x12, digest.length]), digest, Buffer.from([0x1a, 0])]);
}

test("the frontend refuses to write the action cache", async () => {
  const client = new Client(`${await addressOf("frontend")}:8980`, credentials.createInsecure());
  const method = "/build.bazel.remote.execution.v2.ActionCache/UpdateActionResult";
  const same = (bytes: Buffer) => bytes;
  const error = await new Promise<ServiceError | null>((resolve) => {
    client.makeUnaryRequest(method, same, same, updateActionResult(), new Metadata(), resolve);
  });
  client.close();
  expect(error?.code).toBe(status.PERMISSION_DENIED);
});

test("a release's pod reaches the S3 server and the frontend, and nothing else of the farm", async () => {
  const { clientImage } = await stackOutputs<FarmOutputs>(await presentTools(), "local");
  const storage = await addressOf("storage");
  const open = (host: string, port: number) => `timeout 5 bash -c '</dev/tcp/${host}/${port}'`;
  const script = [
    open("s3.monofarm", 7070),
    open("frontend.monofarm", 8980),
    `! ${open(storage, 8981)}`,
    `! ${open("10.244.0.1", 6443)}`,
  ];
  const path = "/api/v1/namespaces/monofarm-release/pods";
  const name = `doors-${Date.now()}`;
  await kubeRequest("POST", path, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "monofarm-release" },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "doors",
          image: clientImage,
          imagePullPolicy: "Never",
          // Policies are in force a moment after the pod's address is known.
          command: ["/bin/bash", "-c", `sleep 3; ${script.join(" && ")}`],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  try {
    let phase = "";
    while (!/Succeeded|Failed/.test(phase)) {
      await sleep(500);
      phase = (await kubeRequest<{ status: { phase: string } }>("GET", `${path}/${name}`)).status.phase;
    }
    expect(phase).toBe("Succeeded");
  } finally {
    await kubeRequest("DELETE", `${path}/${name}`);
  }
});

import { setTimeout as sleep } from "node:timers/promises";

import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { stackOutputs } from "../../local/stack/pulumi";
import type { FarmOutputs } from "../../stacks/outputs";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm, release } from "./cluster";
import { action, call, digestOf, field, putBlobs } from "./remote-execution";

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

test("the frontend refuses to write the action cache", async () => {
  const request = Buffer.concat([field(2, digestOf(Buffer.from("some action"))), field(3, "")]);
  const error = await call(await addressOf("frontend"), "ActionCache/UpdateActionResult", request);
  expect(error?.code).toBe(status.PERMISSION_DENIED);
});

test("an action is refused at once whose platform has no pool, and runs where it has one", async () => {
  const frontend = await addressOf("frontend");
  const { workerImages } = await stackOutputs<FarmOutputs>(await presentTools(), "local");
  const execute = async (platform: Readonly<Record<string, string>>) => {
    const { digest, blobs } = action(platform);
    expect(await putBlobs(frontend, blobs)).toBeNull();
    return call(frontend, "Execution/Execute", Buffer.concat([field(3, 1), field(6, digest)]));
  };
  const platform = { OSFamily: "linux", Arch: "amd64", "container-image": `docker://${workerImages.amd64 ?? ""}` };
  expect(await execute(platform)).toBeNull();
  const refused = await execute({ ...platform, Arch: "riscv64" });
  expect(refused?.code).toBe(status.FAILED_PRECONDITION);
  expect(refused?.details).toMatch(/No workers exist .*riscv64/);
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
    metadata: { name, namespace: "monofarm-release", labels: { "app.kubernetes.io/name": "release" } },
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

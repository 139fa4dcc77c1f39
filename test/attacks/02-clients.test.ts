import { randomUUID } from "node:crypto";

import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addressOf, type Caller, frontendClient, platform, tokenOf } from "../farm/identities";
import { field } from "../farm/protobuf";
import { action, digestOf, RemoteClient } from "../farm/remote-execution";
import { Score } from "./score";
import { altered, claimsOf, forged, issued, unsigned } from "./tokens";

const score = new Score("clients, and by parts of the farm that were taken over");

afterAll(() => {
  process.stdout.write(score.table());
});

/** Codes by which a server sends a caller away. */
const REFUSED = [status.UNAUTHENTICATED, status.PERMISSION_DENIED];

async function tried(attack: string, wall: string, code: status, control: status): Promise<void> {
  const succeeded = !REFUSED.includes(code);
  score.add({ attack, wall, succeeded, control: !REFUSED.includes(control) });
  expect(status[code], attack).toMatch(/^(UNAUTHENTICATED|PERMISSION_DENIED)$/);
  expect(status[control], `the control of: ${attack}`).not.toMatch(/^(UNAUTHENTICATED|PERMISSION_DENIED)$/);
  return Promise.resolve();
}

/** Says that some action has no outputs and ended well. */
function falseResult(): Buffer {
  return Buffer.concat([field(2, digestOf(Buffer.from(randomUUID()))), field(3, "")]);
}

const PUT_RESULT = "ActionCache/UpdateActionResult";

describe("the action cache", () => {
  let storage: string;
  let frontend: string;
  let worker: string;

  beforeAll(async () => {
    storage = `${await addressOf("storage")}:8981`;
    frontend = `${await addressOf("frontend")}:8980`;
    worker = await tokenOf("worker", "storage");
  });

  const put = (address: string, token?: string) => new RemoteClient(address, token).codeOf(PUT_RESULT, falseResult());
  const byWorker = () => put(storage, worker);

  test("takes no result through the frontend, whoever brings it", async () => {
    for (const caller of ["client", "worker", "operator"] as const) {
      const code = await put(frontend, await tokenOf(caller, "frontend"));
      await tried(`a false result through the frontend, as ${caller}`, "frontend refuses", code, await byWorker());
    }
    await tried("a false result through the frontend, as nobody", "token", await put(frontend), await byWorker());
  });

  test.each(["client", "frontend", "scheduler", "operator"] as const)(
    "takes no result at the storage from the %s",
    async (caller) => {
      const code = await put(storage, await tokenOf(caller, "storage"));
      await tried(`a false result at the storage, as ${caller}`, "workers alone", code, await byWorker());
    },
  );

  test("takes no token of a worker that is not meant for the storage, or that it cannot trust", async () => {
    const other = await tokenOf("worker", "scheduler");
    const control = await byWorker();
    const cases: [string, string, string | undefined][] = [
      ["no token", "token", undefined],
      ["a worker's token for the scheduler", "audience", other],
      ["a token that somebody else signed", "signature", forged(worker)],
      ["a token without a signature", "signature", unsigned(worker)],
      [
        "a client's token that says worker",
        "signature",
        altered(await tokenOf("client", "storage"), { sub: claimsOf(worker)["sub"] }),
      ],
      ["a token made to last", "signature", altered(worker, { exp: 4_000_000_000 })],
    ];
    for (const [what, wall, token] of cases)
      await tried(`${what} at the storage`, wall, await put(storage, token), control);
  });
});

describe("a token of the farm's own issuer", () => {
  const now = Math.floor(Date.now() / 1000);
  const cases: [string, string, object][] = [
    ["that has ended", "exp", { exp: now - 60 }],
    ["that never ends", "exp", { exp: undefined }],
    ["that is not good yet", "nbf", { nbf: now + 3600 }],
    ["in another issuer's name", "issuer", { iss: "https://kubernetes.default.svc" }],
    ["for every server", "audience", { aud: "storage.monofarm" }],
    ["of another namespace's worker", "subject", { sub: "system:serviceaccount:monofarm-release:worker" }],
    ["whose subject only begins like a worker's", "subject", { sub: "system:serviceaccount:monofarm:worker-2" }],
  ];
  test.each(cases)("%s writes no result", async (what, wall, claims) => {
    const worker = await tokenOf("worker", "storage");
    const codeOf = async (token: string) =>
      new RemoteClient(`${await addressOf("storage")}:8981`, token).codeOf(PUT_RESULT, falseResult());
    const control = await codeOf(issued(worker, { jti: randomUUID() }));
    await tried(`a token ${what}`, wall, await codeOf(issued(worker, claims)), control);
  });
});

describe("the API server gives a token for a server of the farm", () => {
  const ask = (seconds: number) => tokenOf("worker", "storage", seconds).then(claimsOf);

  test("for an hour at most", async () => {
    const refusal = await ask(7200).catch((error: unknown) => String(error));
    const control = (await ask(3600)) as { aud: string[]; exp: number; iat: number };
    const refused = typeof refusal === "string";
    score.add({ attack: "a token that lives for two hours", wall: "admission", succeeded: !refused, control: true });
    expect(refusal).toContain("S24 tokens-short: required: ");
    expect([control.aud, control.exp - control.iat]).toEqual([["storage.monofarm"], 3600]);
  });
});

describe("blobs", () => {
  const put = (client: RemoteClient, digest: Buffer, blob: Buffer) =>
    client.call(
      "ContentAddressableStorage/BatchUpdateBlobs",
      field(2, Buffer.concat([field(1, digest), field(2, blob)])),
    );
  const codeOf = async (client: RemoteClient, digest: Buffer, blob: Buffer) => {
    const { messages } = await put(client, digest, blob);
    return messages[0]?.messages(1)[0]?.message(2).number(1) ?? -1;
  };

  test("are taken under their own digest alone", async () => {
    const client = await frontendClient();
    const [good, evil] = [Buffer.from(`good ${randomUUID()}`), Buffer.from(`evil ${randomUUID()}`)];
    const lie = await codeOf(client, digestOf(good), evil);
    const control = await codeOf(client, digestOf(good), good);
    score.add({
      attack: "a blob under another's digest",
      wall: "digests are checked",
      succeeded: lie === 0,
      control: control === 0,
    });
    expect([lie, control]).toEqual([status.INVALID_ARGUMENT, status.OK]);
    expect((await client.read(digestOf(good))).toString()).toBe(good.toString());
  });
});

test("a result is found under the instance name that it was made under, and no other", async () => {
  const client = await frontendClient();
  const asked = { arguments: ["/bin/echo", randomUUID()], platform: await platform(), cached: true };
  await client.execute(asked);
  const { digest } = action(asked);
  const found = async (instance: string) =>
    client.codeOf(
      "ActionCache/GetActionResult",
      Buffer.concat([...(instance ? [field(1, instance)] : []), field(2, digest)]),
    );
  const [foreign, own] = [await found("another"), await found("")];
  score.add({
    attack: "a result under a foreign instance name",
    wall: "keys hold the name",
    succeeded: foreign === status.OK,
    control: own === status.OK,
  });
  expect([foreign, own]).toEqual([status.NOT_FOUND, status.OK]);
});

describe("the scheduler", () => {
  let scheduler: string;
  beforeAll(async () => {
    scheduler = await addressOf("scheduler");
  });

  const codeOf = async (port: number, method: string, request: Buffer, caller?: Caller) => {
    const token = caller === undefined ? undefined : await tokenOf(caller, "scheduler");
    return new RemoteClient(`${scheduler}:${port}`, token).codeOf(method, request);
  };

  /** Matches no worker: what is asked is whether one may. */
  const nobody = field(1, Buffer.concat([field(1, "pod"), field(2, "no such worker")]));
  const outsiders: (Caller | undefined)[] = [undefined, "client", "worker", "frontend", "scheduler"];

  test.each(outsiders)("lets no worker be ended by %s", async (caller) => {
    const method = "buildbarn.buildqueuestate.BuildQueueState/TerminateWorkers";
    const code = await codeOf(8984, method, nobody, caller);
    const control = await codeOf(8984, method, nobody, "operator");
    await tried(`an end of workers, as ${caller ?? "nobody"}`, "operators alone", code, control);
  });

  test.each(outsiders)("lets no worker be drained by %s", async (caller) => {
    const properties = Object.entries(await platform())
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => field(1, Buffer.concat([field(1, name), field(2, value)])));
    const queue = field(1, field(1, field(2, Buffer.concat(properties))));
    const drain = Buffer.concat([queue, field(2, Buffer.concat([field(1, "pod"), field(2, "no such worker")]))]);
    const method = "buildbarn.buildqueuestate.BuildQueueState/AddDrain";
    const code = await codeOf(8984, method, drain, caller);
    const control = await codeOf(8984, method, drain, "operator");
    await codeOf(8984, "buildbarn.buildqueuestate.BuildQueueState/RemoveDrain", drain, "operator");
    await tried(`a drain of workers, as ${caller ?? "nobody"}`, "operators alone", code, control);
  });

  test.each([undefined, "client", "frontend", "operator"] as const)("gives no action to %s", async (caller) => {
    const method = "buildbarn.remoteworker.OperationQueue/Synchronize";
    const code = await codeOf(8983, method, Buffer.alloc(0), caller);
    const control = await codeOf(8983, method, Buffer.alloc(0), "worker");
    await tried(`actions of others, as a worker that is ${caller ?? "nobody"}`, "workers alone", code, control);
  });

  test.each([undefined, "client", "worker", "operator"] as const)("runs no action for %s", async (caller) => {
    const request = field(6, digestOf(Buffer.from("no such action")));
    const code = await codeOf(8982, "Execution/Execute", request, caller);
    const control = await codeOf(8982, "Execution/Execute", request, "frontend");
    await tried(`an execution past the frontend, as ${caller ?? "nobody"}`, "the frontend alone", code, control);
  });
});

describe("the frontend", () => {
  test.each(["nobody", "a worker", "a client of the storage"])("reads nothing to %s", async (who) => {
    const address = `${await addressOf("frontend")}:8980`;
    const token = {
      "a worker": () => tokenOf("worker", "frontend"),
      "a client of the storage": () => tokenOf("client", "storage"),
    }[who];
    const request = field(2, digestOf(Buffer.from("some blob")));
    const code = await new RemoteClient(address, await token?.()).codeOf(
      "ContentAddressableStorage/FindMissingBlobs",
      request,
    );
    const control = await (await frontendClient()).codeOf("ContentAddressableStorage/FindMissingBlobs", request);
    await tried(`reading through the frontend, as ${who}`, "clients alone", code, control);
  });
});

import { createHash, createPublicKey, verify } from "node:crypto";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { keyless } from "../../local/publish/sign";
import { SimulatedSigstore } from "./sigstore";

const WORKFLOW = "https://github.com/monogres/monogres/.github/workflows/release.yml@refs/heads/main";
const INDEX = '{"version":1,"pages":[]}\n';

let sigstore: SimulatedSigstore;

beforeEach(async () => {
  sigstore = await new SimulatedSigstore(WORKFLOW).start();
});
afterEach(() => {
  sigstore.end();
  vi.unstubAllEnvs();
});

describe("an index that is signed without a key", () => {
  test("has a bundle with a signature that the certified key made over its very bytes", async () => {
    const text = await keyless(WORKFLOW, sigstore.services).sign(INDEX);
    const bundle = JSON.parse(text) as {
      mediaType: string;
      messageSignature: { messageDigest: { digest: string }; signature: string };
      verificationMaterial: { tlogEntries: { logIndex: string }[] };
    };
    expect(bundle.mediaType).toContain("application/vnd.dev.sigstore.bundle");
    const { messageDigest, signature } = bundle.messageSignature;
    expect(messageDigest.digest).toBe(createHash("sha256").update(INDEX).digest("base64"));
    const key = createPublicKey(sigstore.asked[0]?.publicKeyRequest?.publicKey.content ?? "");
    expect(verify("sha256", Buffer.from(INDEX), key, Buffer.from(signature, "base64"))).toBe(true);
    expect(verify("sha256", Buffer.from(`${INDEX} `), key, Buffer.from(signature, "base64"))).toBe(false);
    expect(bundle.verificationMaterial.tlogEntries).toHaveLength(1);
  });

  test("is one line where there is no run of a workflow", async () => {
    for (const name of ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SIGSTORE_ID_TOKEN"])
      vi.stubEnv(name, "");
    const services = { ...sigstore.services };
    delete services.identityToken;
    await expect(keyless(WORKFLOW, services).sign(INDEX)).rejects.toThrow(
      "./farm publish --sign: found no identity; allowed: a run of GitHub's with permission id-token: write",
    );
    expect(sigstore.asked).toEqual([]);
  });
});

describe("whose an index is", () => {
  const check = (bundle: string, text = INDEX) =>
    keyless(WORKFLOW, sigstore.services).verify("s3://repo/a", text, bundle);
  const signed = () => keyless(WORKFLOW, sigstore.services).sign(INDEX);

  test("is the workflow's that signed it", async () => {
    await expect(check(await signed())).resolves.toBeUndefined();
  });

  test.each([
    ["of another branch", WORKFLOW.replace("main", "other")],
    ["whose name goes on", `${WORKFLOW}-2`],
    ["whose name begins before", WORKFLOW.replace("https://", "https://example.org/?https://")],
    ["that a dot would stand for", WORKFLOW.replace("release.yml", "release-yml")],
  ])("is not the workflow's where it was one %s", async (_name, workflow) => {
    sigstore.workflow = workflow;
    await expect(check(await signed())).rejects.toThrow(
      /^s3:\/\/repo\/a: found certificate identity error .*; allowed: a signature of https/,
    );
  });

  test("is not the workflow's where another issuer vouched for its name", async () => {
    sigstore.issuer = "https://accounts.example.org";
    await expect(check(await signed())).rejects.toThrow(/found invalid certificate extension/);
  });

  test("is not the workflow's where its text is another, or it is no bundle", async () => {
    const bundle = await signed();
    await expect(check(bundle, `${INDEX} `)).rejects.toThrow(/^s3:\/\/repo\/a: found .*; allowed: a signature of/);
    await expect(check("{")).rejects.toThrow(/^s3:\/\/repo\/a: found .*; allowed: a signature of/);
    await expect(check("{}")).rejects.toThrow(/^s3:\/\/repo\/a: found .*; allowed: a signature of/);
  });

  test("is unknown where nobody says whom to trust", async () => {
    const bundle = await signed();
    const services = { ...sigstore.services, tufMirrorURL: `${sigstore.services.tufMirrorURL ?? ""}/none`, retry: 0 };
    await expect(keyless(WORKFLOW, services).verify("s3://repo/a", INDEX, bundle)).rejects.toThrow(/TUF/);
  });
});

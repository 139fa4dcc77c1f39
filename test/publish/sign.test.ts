import { createHash, createPublicKey, verify } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { keyless } from "../../local/publish/sign";

const WORKFLOW = "https://github.com/monogres/monogres/.github/workflows/release.yml@refs/heads/main";
const INDEX = '{"version":1,"pages":[]}\n';

/** Any certificate: the services are simulated, and nobody here checks who it is of. */
const CERTIFICATE = Buffer.from("a certificate").toString("base64");
const PEM = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----\n`;

interface Asked {
  readonly publicKeyRequest?: { readonly publicKey: { readonly content: string } };
}

/** Simulated Fulcio and Rekor: they certify and note whatever comes. */
let services: Server;
let asked: Asked[];
let address: string;

beforeEach(async () => {
  asked = [];
  services = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      asked.push(JSON.parse(body) as Asked);
      response.statusCode = 201;
      const isFulcio = request.url === "/api/v2/signingCert";
      const entry = {
        body: Buffer.from(body).toString("base64"),
        integratedTime: 1_764_000_000,
        logID: "c".repeat(64),
        logIndex: 42,
        verification: { signedEntryTimestamp: Buffer.from("noted").toString("base64") },
      };
      const certified = { signedCertificateEmbeddedSct: { chain: { certificates: [PEM] } } };
      response.end(JSON.stringify(isFulcio ? certified : { ["e".repeat(64)]: entry }));
    });
  });
  await new Promise<void>((resolve) => services.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(services.address() as AddressInfo).port}`;
});
afterEach(() => {
  services.close();
  vi.unstubAllEnvs();
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const TOKEN = `${part({ alg: "none" })}.${part({ sub: "repo:monogres/monogres", iss: "https://example.org" })}.x`;

describe("an index that is signed without a key", () => {
  test("has a bundle with a signature that the certified key made over its very bytes", async () => {
    const text = await keyless(WORKFLOW, { fulcioURL: address, rekorURL: address, identityToken: TOKEN }).sign(INDEX);
    const bundle = JSON.parse(text) as {
      mediaType: string;
      messageSignature: { messageDigest: { digest: string }; signature: string };
      verificationMaterial: {
        x509CertificateChain: { certificates: { rawBytes: string }[] };
        tlogEntries: { logIndex: string }[];
      };
    };
    expect(bundle.mediaType).toContain("application/vnd.dev.sigstore.bundle");
    const { messageDigest, signature } = bundle.messageSignature;
    expect(messageDigest.digest).toBe(createHash("sha256").update(INDEX).digest("base64"));
    const key = createPublicKey(asked[0]?.publicKeyRequest?.publicKey.content ?? "");
    expect(verify("sha256", Buffer.from(INDEX), key, Buffer.from(signature, "base64"))).toBe(true);
    expect(verify("sha256", Buffer.from(`${INDEX} `), key, Buffer.from(signature, "base64"))).toBe(false);
    const [certificate] = bundle.verificationMaterial.x509CertificateChain.certificates;
    expect(certificate?.rawBytes).toBe(CERTIFICATE);
    expect(bundle.verificationMaterial.tlogEntries.map(({ logIndex }) => logIndex)).toEqual(["42"]);
  });

  test("is one line where there is no run of a workflow", async () => {
    for (const name of ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SIGSTORE_ID_TOKEN"])
      vi.stubEnv(name, "");
    await expect(keyless(WORKFLOW, { fulcioURL: address, rekorURL: address }).sign(INDEX)).rejects.toThrow(
      "./farm publish --sign: found no identity; allowed: a run of GitHub's with permission id-token: write",
    );
    expect(asked).toEqual([]);
  });
});

import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SignOptions, VerifyOptions } from "sigstore";

const sha256 = (...bytes: (Buffer | string)[]) =>
  bytes.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const der = (key: KeyObject) => key.export({ type: "spki", format: "der" });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token of nobody's: the simulated Fulcio certifies whatever it was told to. */
const TOKEN = `${part({ alg: "none" })}.${part({ sub: "repo:monogres/monogres", iss: "https://example.org" })}.x`;

/** JSON whose keys are in order, as what is signed must be. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

interface Asked {
  readonly publicKeyRequest?: { readonly publicKey: { readonly content: string } };
}

/**
 * Simulated Sigstore: a Fulcio that certifies `workflow`, a Rekor that is one entry long, and the TUF repository that
 * says whom to trust. Certificates, entries and proofs are real; there is no log of certificates.
 */
export class SimulatedSigstore {
  /** What Fulcio and Rekor were asked, in order. */
  readonly asked: Asked[] = [];
  /** Whom Fulcio certifies. */
  workflow: string;
  /** Who told Fulcio that it is them. */
  issuer = "https://token.actions.githubusercontent.com";
  private readonly folder = mkdtempSync(join(tmpdir(), "monofarm-sigstore-"));
  private readonly log = generateKeyPairSync("ec", { namedCurve: "P-256" });
  private readonly tuf = generateKeyPairSync("ed25519");
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const answer = this.answer(request.url ?? "", body);
      response.statusCode = answer === undefined ? 404 : request.method === "POST" ? 201 : 200;
      response.end(answer);
    });
  });

  constructor(workflow: string) {
    this.workflow = workflow;
    const ca = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=CA"];
    this.openssl(...ca, "-keyout", "ca.key", "-out", "ca.pem", "-addext", "basicConstraints=critical,CA:TRUE");
    writeFileSync(join(this.folder, "root.json"), this.root());
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  end(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  /** What tells the library of these services. */
  get services(): SignOptions & VerifyOptions {
    return {
      fulcioURL: this.address,
      rekorURL: this.address,
      identityToken: TOKEN,
      tufMirrorURL: this.address,
      tufRootPath: join(this.folder, "root.json"),
      tufCachePath: join(this.folder, "cache"),
      ctLogThreshold: 0,
    };
  }

  private get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.folder, stdio: "pipe" });
  }

  private answer(url: string, body: Buffer): string | undefined {
    if (url === "/api/v2/signingCert") return this.certify(body);
    if (url === "/api/v1/log/entries") return this.note(body);
    const trusted = this.trusted();
    const target = { length: Buffer.byteLength(trusted), hashes: { sha256: sha256(trusted).toString("hex") } };
    switch (url) {
      case "/timestamp.json":
        return this.metadata("timestamp", { meta: { "snapshot.json": { version: 1 } } });
      case "/snapshot.json":
        return this.metadata("snapshot", { meta: { "targets.json": { version: 1 } } });
      case "/targets.json":
        return this.metadata("targets", { targets: { "trusted_root.json": target } });
      case "/targets/trusted_root.json":
        return trusted;
      default:
        return undefined;
    }
  }

  private certify(body: Buffer): string {
    const asked = JSON.parse(body.toString()) as Asked;
    this.asked.push(asked);
    writeFileSync(join(this.folder, "key.pem"), asked.publicKeyRequest?.publicKey.content ?? "");
    const lines = [
      `subjectAltName=critical,URI:${this.workflow}`,
      `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${this.issuer}`,
    ];
    writeFileSync(join(this.folder, "extensions"), lines.join("\n"));
    const files = ["-force_pubkey", "key.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "extensions"];
    this.openssl("x509", "-new", "-subj", "/CN=run", "-days", "1", "-out", "run.pem", ...files);
    const certificates = [readFileSync(join(this.folder, "run.pem"), "utf8")];
    return JSON.stringify({ signedCertificateEmbeddedSct: { chain: { certificates } } });
  }

  private note(entry: Buffer): string {
    this.asked.push(JSON.parse(entry.toString()) as Asked);
    const { publicKey, privateKey } = this.log;
    const logId = sha256(der(publicKey));
    const noted = {
      body: entry.toString("base64"),
      integratedTime: Math.floor(Date.now() / 1000),
      logID: logId.toString("hex"),
      logIndex: 0,
    };
    const rootHash = sha256(Buffer.from([0]), entry);
    const checkpoint = `127.0.0.1\n1\n${rootHash.toString("base64")}\n`;
    const signature = Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(checkpoint), privateKey)]);
    const verification = {
      signedEntryTimestamp: sign("sha256", Buffer.from(canonical(noted)), privateKey).toString("base64"),
      inclusionProof: {
        logIndex: 0,
        treeSize: 1,
        rootHash: rootHash.toString("hex"),
        hashes: [],
        checkpoint: `${checkpoint}\n— 127.0.0.1 ${signature.toString("base64")}\n`,
      },
    };
    return JSON.stringify({ ["e".repeat(64)]: { ...noted, verification } });
  }

  private root(): string {
    const { x = "" } = this.tuf.publicKey.export({ format: "jwk" });
    const keyval = { public: Buffer.from(x, "base64url").toString("hex") };
    const role = { keyids: ["key"], threshold: 1 };
    return this.metadata("root", {
      consistent_snapshot: false,
      keys: { key: { keytype: "ed25519", scheme: "ed25519", keyval } },
      roles: { root: role, timestamp: role, snapshot: role, targets: role },
    });
  }

  private metadata(type: string, its: object): string {
    const signed = { _type: type, spec_version: "1.0.0", version: 1, expires: "2999-01-01T00:00:00Z", ...its };
    const sig = sign(null, Buffer.from(canonical(signed)), this.tuf.privateKey).toString("hex");
    return JSON.stringify({ signed, signatures: [{ keyid: "key", sig }] });
  }

  private trusted(): string {
    const key = der(this.log.publicKey);
    const [, ca = ""] =
      /-----BEGIN CERTIFICATE-----([^-]+)/.exec(readFileSync(join(this.folder, "ca.pem"), "utf8")) ?? [];
    const validFor = { start: "2020-01-01T00:00:00Z" };
    return JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [
        {
          baseUrl: this.address,
          hashAlgorithm: "SHA2_256",
          publicKey: { rawBytes: key.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
          logId: { keyId: sha256(key).toString("base64") },
        },
      ],
      certificateAuthorities: [
        {
          subject: { organization: "simulated", commonName: "CA" },
          uri: this.address,
          certChain: { certificates: [{ rawBytes: ca.replaceAll("\n", "") }] },
          validFor,
        },
      ],
      ctlogs: [],
      timestampAuthorities: [],
    });
  }
}

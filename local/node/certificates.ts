import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";
import { ADDRESSES, NODE_NAME } from "./layout";

/** A certificate authority of the node. Each signs for one purpose, so that a certificate opens one door. */
export type Authority = "cluster" | "etcd" | "front-proxy";

/** The authorities, by name. */
export const AUTHORITIES: readonly Authority[] = ["cluster", "etcd", "front-proxy"];

/** A certificate that an authority signs. */
export interface CertificateSpec {
  /** File name without `.crt` and `.key`. */
  readonly name: string;
  readonly authority: Authority;
  readonly commonName: string;
  /** RBAC group. */
  readonly organization?: string;
  readonly usage: readonly ("clientAuth" | "serverAuth")[];
  /** DNS names and IP addresses that a server answers to, in openssl's form. */
  readonly alternativeNames?: readonly string[];
}

const client = (name: string, commonName: string, organization?: string): CertificateSpec => ({
  name,
  authority: "cluster",
  commonName,
  ...(organization !== undefined && { organization }),
  usage: ["clientAuth"],
});

/** Every certificate of a node, after https://kubernetes.io/docs/setup/best-practices/certificates/. */
export const CERTIFICATES: readonly CertificateSpec[] = [
  {
    name: "apiserver",
    authority: "cluster",
    commonName: "kube-apiserver",
    usage: ["serverAuth"],
    alternativeNames: [
      "DNS:kubernetes",
      "DNS:kubernetes.default",
      "DNS:kubernetes.default.svc",
      `DNS:kubernetes.default.svc.${ADDRESSES.clusterDomain}`,
      "DNS:localhost",
      `IP:${ADDRESSES.kubernetesService}`,
      `IP:${ADDRESSES.node}`,
      "IP:127.0.0.1",
    ],
  },
  {
    name: "kubelet-server",
    authority: "cluster",
    commonName: `system:node:${NODE_NAME}`,
    organization: "system:nodes",
    usage: ["serverAuth"],
    alternativeNames: [`DNS:${NODE_NAME}`, `IP:${ADDRESSES.node}`],
  },
  {
    name: "etcd",
    authority: "etcd",
    commonName: "etcd",
    usage: ["serverAuth", "clientAuth"],
    alternativeNames: ["DNS:localhost", "IP:127.0.0.1"],
  },
  {
    name: "apiserver-etcd-client",
    authority: "etcd",
    commonName: "kube-apiserver-etcd-client",
    usage: ["clientAuth"],
  },
  { name: "front-proxy-client", authority: "front-proxy", commonName: "front-proxy-client", usage: ["clientAuth"] },
  client("admin", "monofarm:admin", "system:masters"),
  client("apiserver-kubelet-client", "kube-apiserver-kubelet-client"),
  client("controller-manager", "system:kube-controller-manager"),
  client("scheduler", "system:kube-scheduler"),
  client("kubelet", `system:node:${NODE_NAME}`, "system:nodes"),
  client("kube-proxy", "system:kube-proxy"),
  client("coredns", "system:coredns"),
  client("kube-router", "system:kube-router"),
];

/** Days that a new certificate is good for. */
const VALID_DAYS = 3650;

/** Days before its end at which a certificate is made anew. */
const RENEW_DAYS = 30;

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-sha256", "-days", String(VALID_DAYS)];

/** Arguments of `openssl` that make an authority's key and certificate. */
export function authorityArguments(directory: string, authority: Authority, output: string): string[] {
  return [
    ...["req", "-x509", ...KEY, "-subj", `/CN=monofarm-${authority}`],
    ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ...["-keyout", join(directory, `${output}.key`), "-out", join(directory, `${output}.crt`)],
  ];
}

/** Arguments of `openssl` that make a key and a certificate signed by its authority. */
export function certificateArguments(directory: string, spec: CertificateSpec, output: string): string[] {
  const authority = join(directory, `${spec.authority}-ca`);
  const subject = `${spec.organization === undefined ? "" : `/O=${spec.organization}`}/CN=${spec.commonName}`;
  return [
    ...["req", "-x509", "-CA", `${authority}.crt`, "-CAkey", `${authority}.key`, ...KEY, "-subj", subject],
    ...["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature"],
    ...["-addext", `extendedKeyUsage=${spec.usage.join(",")}`],
    ...(spec.alternativeNames ? ["-addext", `subjectAltName=${spec.alternativeNames.join(",")}`] : []),
    ...["-keyout", join(directory, `${output}.key`), "-out", join(directory, `${output}.crt`)],
  ];
}

/** True when the files exist, were signed by the authority and last for RENEW_DAYS more. */
function isGood(directory: string, name: string, authority: string): boolean {
  const file = (suffix: string) => join(directory, `${name}.${suffix}`);
  if (!existsSync(file("crt")) || !existsSync(file("key"))) return false;
  const certificate = new X509Certificate(readFileSync(file("crt")));
  const signer = new X509Certificate(readFileSync(join(directory, `${authority}.crt`)));
  const end = Date.now() + RENEW_DAYS * 86_400_000;
  return certificate.verify(signer.publicKey) && Date.parse(certificate.validTo) > end;
}

/** Makes key and certificate under temporary names; the certificate takes its place last. */
async function make(directory: string, name: string, args: (output: string) => string[]): Promise<void> {
  const temporary = `.${name}`;
  await run("openssl", args(temporary));
  for (const suffix of ["key", "crt"]) {
    renameSync(join(directory, `${temporary}.${suffix}`), join(directory, `${name}.${suffix}`));
  }
}

function writeOnce(file: string, content: () => string): void {
  if (existsSync(file)) return;
  writeFileSync(`${file}.new`, content(), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Makes what is missing or about to expire: authorities, certificates, the key of secrets. */
export async function ensureCertificates(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await Promise.all(
    AUTHORITIES.map(async (authority) => {
      const name = `${authority}-ca`;
      if (isGood(directory, name, name)) return;
      rmSync(join(directory, `${name}.crt`), { force: true });
      await make(directory, name, (output) => authorityArguments(directory, authority, output));
    }),
  );
  await Promise.all(
    CERTIFICATES.filter((spec) => !isGood(directory, spec.name, `${spec.authority}-ca`)).map((spec) =>
      make(directory, spec.name, (output) => certificateArguments(directory, spec, output)),
    ),
  );
  writeOnce(join(directory, "secrets.json"), () =>
    JSON.stringify({
      apiVersion: "apiserver.config.k8s.io/v1",
      kind: "EncryptionConfiguration",
      resources: [
        {
          resources: ["secrets"],
          providers: [
            { secretbox: { keys: [{ name: "key1", secret: randomBytes(32).toString("base64") }] } },
            { identity: {} },
          ],
        },
      ],
    }),
  );
}

/** One digest over every certificate and key: a daemon that runs with an older one is started again. */
export function certificatesDigest(directory: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(directory).sort()) hash.update(readFileSync(join(directory, name)));
  return hash.digest("hex");
}

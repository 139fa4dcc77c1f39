import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/**
 * Keys of the tokens of service accounts: the node is their issuer. Files are numbered: `1.key` signed first, the highest
 * number signs now, and `N.next.key` is shown to whoever checks tokens, before it signs any.
 */
export interface SigningKeys {
  /** File of the key that signs. */
  readonly signing: string;
  /** Files of all keys whose tokens are good. */
  readonly accepted: readonly string[];
}

const FIRST = "1.key";
const NEXT = ".next.key";

/** Seconds that a key is accepted after another took its place: a token lives for an hour. */
const RETIRES_SECONDS = 2 * 3600;

const number = (name: string) => Number.parseInt(name, 10);

function names(directory: string): string[] {
  const found = existsSync(directory) ? readdirSync(directory).filter((name) => /^\d+(\.next)?\.key$/.test(name)) : [];
  return found.length === 0 ? [FIRST] : found.sort((a, b) => number(a) - number(b));
}

/** Which key signs and which are accepted. @param directory of the keys; one that is not there yet will have the first */
export function signingKeys(directory: string): SigningKeys {
  const all = names(directory);
  const signing = all.filter((name) => !name.endsWith(NEXT)).at(-1) ?? FIRST;
  return { signing: join(directory, signing), accepted: all.map((name) => join(directory, name)) };
}

function makeKey(file: string): void {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writeFileSync(`${file}.new`, privateKey, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Makes the first key where there is none. */
export function ensureSigningKey(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { signing } = signingKeys(directory);
  if (!existsSync(signing)) makeKey(signing);
}

/** Makes the key that will sign next, unless it is there; gives its file. */
export function publishNext(directory: string): string {
  const all = names(directory);
  const next = all.find((name) => name.endsWith(NEXT)) ?? `${number(all.at(-1) ?? FIRST) + 1}${NEXT}`;
  const file = join(directory, next);
  if (!existsSync(file)) makeKey(file);
  return file;
}

/** Lets the next key sign, from the moment at which the API server is started again. */
export function promote(next: string): void {
  renameSync(next, next.replace(NEXT, ".key"));
  beginsToSign(dirname(next));
}

/** Notes that the key that signs does so since now: those before it are good for as long as a token lives from here on. */
export function beginsToSign(directory: string): void {
  const now = new Date();
  utimesSync(signingKeys(directory).signing, now, now);
}

/** Removes keys that signed before, and whose last token has ended; gives how many. @param now milliseconds */
export function dropRetired(directory: string, now: number): number {
  const { signing, accepted } = signingKeys(directory);
  if (!existsSync(signing) || now - statSync(signing).mtimeMs < RETIRES_SECONDS * 1000) return 0;
  const retired = accepted.filter((file) => file !== signing && !file.endsWith(NEXT));
  for (const file of retired) rmSync(file);
  return retired.length;
}

/** The name of a key in tokens and in the cluster's list of keys: `kid`. */
export function keyId(file: string): string {
  const key = createPublicKey(readFileSync(file)).export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64url");
}

import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";

import { FARM_LAYOUT, paths } from "../../local/node/layout";
import { keyId, signingKeys } from "../../local/node/signing-keys";

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What a token says. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
}

/** Name of the key that a token says it was signed with. */
export function keyOf(token: string): unknown {
  return (JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as { kid?: unknown }).kid;
}

function sign(header: object, claims: object, key: KeyObject | string): string {
  const content = `${encoded(header)}.${encoded(claims)}`;
  return `${content}.${createSign("RSA-SHA256").update(content).sign(key, "base64url")}`;
}

/** A token that says the same and that somebody else signed, under the name of the cluster's key. */
export function forged(token: string): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return sign({ alg: "RS256", kid: keyOf(token) }, claimsOf(token), privateKey);
}

/** A token of the cluster's own key whose claims are others: what only its issuer could make. */
export function issued(token: string, claims: object): string {
  const { signing } = signingKeys(paths(FARM_LAYOUT).signingKeys);
  return sign({ alg: "RS256", kid: keyId(signing) }, { ...claimsOf(token), ...claims }, readFileSync(signing, "utf8"));
}

/** A token without a signature, which says so. */
export function unsigned(token: string): string {
  return `${encoded({ alg: "none", typ: "JWT" })}.${token.split(".")[1] ?? ""}.`;
}

/** A token whose claims were changed after it was signed. */
export function altered(token: string, claims: object): string {
  const [header = "", , signature = ""] = token.split(".");
  return `${header}.${encoded({ ...claimsOf(token), ...claims })}.${signature}`;
}

import { createSign, generateKeyPairSync } from "node:crypto";

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What a token says. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
}

/** A token that says the same and that somebody else signed, under the name of the cluster's key. */
export function forged(token: string): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const content = token.split(".").slice(0, 2).join(".");
  return `${content}.${createSign("RSA-SHA256").update(content).sign(privateKey, "base64url")}`;
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

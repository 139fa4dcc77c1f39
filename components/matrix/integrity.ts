/** Base64 digits of a digest, by algorithm: the only ones that subresource integrity knows. */
const BYTES: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** A digest in every form that a template may ask for. */
export interface Integrity {
  readonly algorithm: string;
  readonly hex: string;
  /** `sha256-…`, as Bazel and browsers write it. */
  readonly sri: string;
}

/** What an `integrity` or `sha256` property may hold. */
export const INTEGRITY_FORMS = "64 hexadecimal digits, or sha256-, sha384- or sha512- and the digest in base64";

/** Reads 64 hexadecimal digits of any case, or a subresource integrity; undefined for anything else. */
export function parseIntegrity(value: unknown): Integrity | undefined {
  if (typeof value !== "string") return undefined;
  const dash = value.indexOf("-");
  if (dash < 0) {
    if (!/^[0-9a-fA-F]{64}$/.test(value)) return undefined;
    const hex = value.toLowerCase();
    return { algorithm: "sha256", hex, sri: `sha256-${Buffer.from(hex, "hex").toString("base64")}` };
  }
  const algorithm = value.slice(0, dash).toLowerCase();
  const digest = value.slice(dash + 1);
  const bytes = BYTES[algorithm];
  if (bytes === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(digest)) return undefined;
  const decoded = Buffer.from(digest, "base64");
  return decoded.length === bytes ? { algorithm, hex: decoded.toString("hex"), sri: value } : undefined;
}

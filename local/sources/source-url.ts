import { UserError } from "../../components/user-error";

/** Where a source archive comes from. */
export type SourceUrl =
  | { readonly scheme: "gomod"; readonly module: string; readonly version: string }
  | { readonly scheme: "apt"; readonly package: string; readonly version: string; readonly file: string }
  | { readonly scheme: "https"; readonly url: string };

/** Every form of address, for messages. */
export const URL_FORMS = "gomod://MODULE@VERSION, apt://SOURCE-PACKAGE@VERSION/FILE or https://…";

const NAME = /^[a-z0-9][a-z0-9+.-]+$/;

/**
 * Reads the address of a source: `gomod://github.com/pgvector/pgvector@v0.8.0` is the zip that Go's module proxy serves,
 * `apt://postgresql-15@15.18-0+deb12u1/postgresql-15_15.18.orig.tar.bz2` one file of a Debian source package.
 * @param where file and key, for messages
 * @throws UserError where it has none of these forms
 */
export function parseSourceUrl(text: string, where: string): SourceUrl {
  const parsed = parse(text);
  if (parsed === undefined) throw new UserError(where, text === "" ? "no url" : text, URL_FORMS);
  return parsed;
}

function parse(text: string): SourceUrl | undefined {
  const scheme = /^[a-z]+(?=:\/\/)/.exec(text)?.[0];
  const rest = text.slice((scheme ?? "").length + "://".length);
  if (scheme === "https") return URL.canParse(text) ? { scheme, url: text } : undefined;
  const at = rest.indexOf("@");
  const [name, tail] = [rest.slice(0, at), rest.slice(at + 1)];
  if (at < 1 || tail === "") return undefined;
  if (scheme === "gomod") {
    return /^[\w.~/-]+$/.test(name) && /^v[\w.+-]+$/.test(tail) ? { scheme, module: name, version: tail } : undefined;
  }
  if (scheme !== "apt") return undefined;
  const [version = "", file = "", ...more] = tail.split("/");
  if (!NAME.test(name) || !/^[\w.+~:-]+$/.test(version) || !/^[\w.+~-]+$/.test(file) || more.length > 0)
    return undefined;
  return { scheme, package: name, version, file };
}

/** A template that cannot be filled in. */
export class TemplateError extends Error {
  /**
   * @param subject what cannot be filled in, such as `{tag}`
   * @param expected what could be
   */
  constructor(
    readonly subject: string,
    readonly expected: string,
  ) {
    super(expected);
    this.name = "TemplateError";
  }
}

/**
 * Fills `{name}` from properties, once: what is inserted is not looked at again. `{{` and `}}` are literal braces.
 * @throws TemplateError for a name that is not there, and for a brace without its partner
 */
export function fill(template: string, properties: ReadonlyMap<string, unknown>): string {
  if (!/[{}]/.test(template)) return template;
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (match, name: string | undefined) => {
    if (match === "{{") return "{";
    if (match === "}}") return "}";
    if (name === undefined)
      throw new TemplateError(match, `a partner for ${match}, or ${match}${match} for the brace itself`);
    // Bazel's `format` has neither places (`{}`, `{0}`) to fill in here, nor attributes.
    if (!properties.has(name) || /^-?\d*$|[.[\],]/.test(name))
      throw new TemplateError(match, `one of {${[...properties.keys()].sort().join("}, {")}}`);
    return asText(properties.get(name));
  });
}

/** The way Bazel writes a value into text. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(quoted).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${quoted(item)}`)
    .join(", ")}}`;
}

function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : asText(value);
}

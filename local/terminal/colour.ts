const CODES = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const;

/** A name of a style that `paint` knows. */
export type Style = keyof typeof CODES;

/** Colours text for a terminal; leaves it plain in a pipe or under NO_COLOR (https://no-color.org). */
export function paint(style: Style, text: string, out: NodeJS.WriteStream = process.stdout): string {
  if (!out.isTTY || process.env["NO_COLOR"]) return text;
  return `\x1b[${CODES[style]}m${text}\x1b[0m`;
}

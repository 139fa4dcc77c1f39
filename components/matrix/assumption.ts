/** What is assumed of a name; `*` stands for any that has no figure of its own. */
export function assumedOf(figures: Readonly<Record<string, number>>, name: string): number {
  return (Object.hasOwn(figures, name) ? figures[name] : figures["*"]) ?? 0;
}

import { join } from "node:path";

import { explain } from "../../components/matrix/explain";
import { readIndexes } from "../../components/matrix/read-index";
import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";
import { paint } from "../terminal/colour";
import { table } from "../terminal/table";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm why EXTENSION VERSION POSTGRES [--index DIR]… [--json]

Says why an extension is, or is not, built against a version of PostgreSQL: one line for each condition. For a module of
contrib, which has PostgreSQL's own version, write - for VERSION. The exit code is 0 where it is in the matrix, else 1.

  --index DIR   a checkout that holds an index (default: examples/postgres); given again, another that is merged with it
  --json        {title, label, reasons: [{question, answer, holds}]}, one for each flavour of PostgreSQL

  ./farm why pgvector 0.8.0 16.9
  ./farm why hstore - 16.9
`;

export const command: Command = {
  usage,
  run: (args) => {
    const { indexes, json, extension, version, postgres } = parse(args);
    const explanations = explain(readIndexes(indexes), extension, version, postgres);
    if (json) process.stdout.write(`${JSON.stringify(explanations, null, 2)}\n`);
    else {
      for (const { title, label, reasons } of explanations) {
        const verdict = label === undefined ? paint("red", "not in the matrix") : paint("green", "in the matrix");
        process.stdout.write(`${paint("bold", title)}: ${verdict}${label === undefined ? "" : ` as ${label}`}\n`);
        const rows = reasons.map(({ question, answer, holds }) => [
          `  ${holds ? paint("green", "yes") : paint("red", "no")}`,
          question,
          answer,
        ]);
        process.stdout.write(
          `${table([{ heading: "  HOLDS" }, { heading: "CONDITION" }, { heading: "MEANING" }], rows)}\n`,
        );
      }
    }
    return Promise.resolve(explanations.some(({ label }) => label !== undefined) ? 0 : 1);
  },
};

interface Question {
  readonly indexes: readonly [string, ...string[]];
  readonly json: boolean;
  readonly extension: string;
  readonly version: string;
  readonly postgres: string;
}

function parse(args: string[]): Question {
  // Of a contrib module the version is a dash, which is no option.
  const { values, positionals } = options(
    "./farm why",
    args,
    { index: { type: "string", multiple: true, default: [] }, json: { type: "boolean", default: false } },
    "words",
  );
  const [extension, version, postgres, ...rest] = positionals;
  if (extension === undefined || version === undefined || postgres === undefined || rest.length > 0) {
    throw new UserError("./farm why", positionals.join(" ") || "nothing", "EXTENSION VERSION POSTGRES");
  }
  const [first = join(CHECKOUT, "examples/postgres"), ...others] = values.index;
  return { indexes: [first, ...others], json: values.json, extension, version, postgres };
}

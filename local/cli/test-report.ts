import { readFileSync } from "node:fs";
import { relative } from "node:path";

import { z } from "zod";

import { CHECKOUT } from "../directories";

/** What a run of vitest came to. */
export interface Tested {
  readonly passed: number;
  readonly failed: number;
  /** A line for each test, or file, that failed: where it is, its name, and the first line of what was wrong. */
  readonly failures: readonly string[];
}

const schema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Reads vitest's JSON report. @throws where there is none, or it is not one */
export function readReport(file: string): Tested {
  const { numPassedTests, numFailedTests, testResults } = schema.parse(JSON.parse(readFileSync(file, "utf8")));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const where = relative(CHECKOUT, name);
    const tests = assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName, failureMessages }) => `${where}: ${fullName}: ${firstLine(failureMessages?.[0] ?? "")}`);
    // A file that fails before its tests, or after them, has a message of its own.
    return status === "failed" && tests.length === 0 ? [`${where}: ${firstLine(message)}`] : tests;
  });
  return { passed: numPassedTests, failed: Math.max(numFailedTests, failures.length), failures };
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readReport } from "../../local/cli/test-report";
import { CHECKOUT } from "../../local/directories";

describe("a report of tests", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "monofarm-report-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const read = (report: unknown) => {
    const file = join(directory, "report.json");
    writeFileSync(file, JSON.stringify(report));
    return readReport(file);
  };
  const file = (name: string, status: string, tests: readonly object[], message = "") => ({
    name: join(CHECKOUT, name),
    status,
    message,
    assertionResults: tests,
  });
  const passed = { fullName: "adds", status: "passed", failureMessages: [] };

  test("names each test that failed, where it is, and the first line of what was wrong", () => {
    const failed = { fullName: "sums up", status: "failed", failureMessages: ["Error: expected 1\n    at line 7"] };
    expect(
      read({ numPassedTests: 1, numFailedTests: 1, testResults: [file("test/a.test.ts", "failed", [passed, failed])] }),
    ).toEqual({ passed: 1, failed: 1, failures: ["test/a.test.ts: sums up: Error: expected 1"] });
  });

  test("counts a file whose tests never ran, or that fails after them, as one", () => {
    const testResults = [
      file("test/a.test.ts", "passed", [passed]),
      file("test/b.test.ts", "failed", [], "Error: no farm\n    at line 3"),
    ];
    expect(read({ numPassedTests: 1, numFailedTests: 0, testResults })).toEqual({
      passed: 1,
      failed: 1,
      failures: ["test/b.test.ts: Error: no farm"],
    });
  });

  test("is refused where it is none", () => {
    expect(() => read({ numPassedTests: 1 })).toThrow("numFailedTests");
    expect(() => readReport(join(directory, "nothing.json"))).toThrow("ENOENT");
  });
});

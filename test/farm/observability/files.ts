import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CONFIGURATION_DIRECTORY } from "../../../components/observability/configuration";
import { observabilityFiles } from "../../../components/observability/observability";
import type { Thresholds } from "../../../components/observability/rules";

/** Writes what Prometheus gets, and the test of its rules, into a folder of its own, as its pod has it. */
export function writeObservabilityFiles(thresholds?: Thresholds): string {
  const directory = mkdtempSync(join(tmpdir(), "monofarm-observability-"));
  mkdirSync(join(directory, "consoles"));
  for (const [name, text] of Object.entries(observabilityFiles("monofarm", thresholds).data)) {
    const file = name.endsWith(".html") ? join("consoles", name) : name;
    writeFileSync(join(directory, file), text.replaceAll(CONFIGURATION_DIRECTORY, directory));
  }
  copyFileSync(join(__dirname, "rules-test.yaml"), join(directory, "rules-test.yaml"));
  return directory;
}

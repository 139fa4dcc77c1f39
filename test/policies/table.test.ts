import { expect, test } from "vitest";

import { HERMETIC } from "../../policies/hermetic/rules";
import { rulesTable } from "../../policies/rules-table";
import { SECURITY } from "../../policies/security/rules";

test("docs/rules.md is what the rules say", async () => {
  const table = rulesTable({ "monofarm-hermetic": HERMETIC, "monofarm-security": SECURITY });
  await expect(table).toMatchFileSnapshot("../../docs/rules.md");
});

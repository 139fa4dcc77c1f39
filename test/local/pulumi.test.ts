import { expect, test } from "vitest";

import { changesIn } from "../../local/stack/pulumi";

test("changes are read from the summary, not from resources whose names end in digits", () => {
  const output = [
    " -  pulumi:providers:pulumi-nodejs s3 deleted (0.01s)",
    " +  kubernetes:core/v1:PersistentVolume volume-data-storage-1 created (0.7s)",
    "Outputs:",
    '    s3: "Resources: 9 created"',
    "",
    "Resources:",
    "    + 12 created",
    "    ~ 1 updated",
    "    - 43 deleted",
    "    +-2 replaced",
    "    5 unchanged",
  ].join("\n");
  expect(changesIn(output)).toEqual({ created: 12, updated: 1, deleted: 43, replaced: 2, unchanged: 5 });
});

test("an output without a summary tells of no change", () => {
  expect(changesIn("")).toEqual({ created: 0, updated: 0, deleted: 0, replaced: 0, unchanged: 0 });
});

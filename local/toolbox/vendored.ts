import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import type { VendorChange } from "./catalog";

/**
 * Makes the changes that a module's dependencies need, in a `vendor` folder.
 * @throws UserError naming the file when the text to change is not there exactly once: the pins and the change disagree
 */
export function changeVendored(vendor: string, changes: readonly VendorChange[]): void {
  for (const change of changes) {
    const file = join(vendor, change.file);
    if ("copy" in change) {
      copyFileSync(file, join(vendor, change.copy));
      continue;
    }
    const source = readFileSync(file, "utf8");
    const places = source.split(change.find).length - 1;
    if (places !== 1) {
      const found = `${places} places with ${JSON.stringify(change.find)}`;
      throw new UserError(
        `vendor/${change.file}`,
        found,
        "exactly one: local/toolbox/catalog.ts does not fit these pins",
      );
    }
    writeFileSync(
      file,
      source.replace(change.find, () => change.text),
    );
  }
}

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import type { VendorChange } from "./catalog";

/**
 * Makes the changes that a module's dependencies need, in a `vendor` folder.
 * @param origin the module itself, unchanged, in Go's cache: files that no Go package names are not in `vendor`
 * @param module its path, under which `vendor` has it
 * @throws UserError naming the file when the text to change is not there exactly once: the pins and the change disagree
 */
export function changeVendored(vendor: string, origin: string, module: string, changes: readonly VendorChange[]): void {
  for (const change of changes) {
    if ("copy" in change) {
      copyFileSync(join(origin, change.file), join(vendor, module, change.copy));
      continue;
    }
    const file = join(vendor, change.file);
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

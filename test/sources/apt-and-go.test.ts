import { describe, expect, it } from "vitest";

import { sourceLines } from "../../local/sources/debian-source";
import { complaint } from "../../local/sources/go-module";

describe("sourceLines", () => {
  it("asks deb822 repositories for sources and leaves all else, keys included", () => {
    const text =
      "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nSigned-By: /k.gpg\n\nTypes: deb deb-src\n";
    expect(sourceLines(text, true)).toBe(
      "Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nSigned-By: /k.gpg\n\nTypes: deb-src\n",
    );
  });

  it("does the same for one-line repositories, each once, without comments", () => {
    const text =
      "# deb http://old x main\ndeb [signed-by=/k.gpg] http://a bookworm main\ndeb-src [signed-by=/k.gpg] http://a bookworm main\n";
    expect(sourceLines(text, false)).toBe("deb-src [signed-by=/k.gpg] http://a bookworm main\n");
  });
});

describe("complaint", () => {
  it("takes Go's own words, in one line", () => {
    const output =
      '{\n\t"Path": "x",\n\t"Error": "x@v1: reading https://p/x.info: 403 Forbidden\\n\\tserver response: no"\n}';
    expect(complaint(output)).toBe("x@v1: reading https://p/x.info: 403 Forbidden server response: no");
    expect(complaint("go: flag provided but not defined")).toBe("go: flag provided but not defined");
  });
});

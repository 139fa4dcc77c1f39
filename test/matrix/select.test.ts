import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { nearest } from "../../components/matrix/select";

describe("nearest names", () => {
  test.each<[string, string[], string[]]>([
    ["pgvectr", ["pgcrypto", "vector", "pgvector"], ["pgvector", "vector", "pgcrypto"]],
    ["ac", ["ca", "ab", "abc"], ["ab", "abc", "ca"]],
    ["abcd", ["abcdxyz", "abc", "abcdx", "zabcd"], ["abc", "abcdx", "zabcd", "abcdxyz"]],
    ["regulr", ["minimal", "regular"], ["regular", "minimal"]],
    ["x", ["f", "e", "d", "c", "b", "a"], ["a", "b", "c", "d", "e"]],
  ])("of %j", (text, candidates, expected) => {
    expect(nearest(text, candidates)).toEqual(expected);
  });

  test("are found among thousands", () => {
    const labels = Array.from({ length: 5000 }, (_, i) => `//extensions/e${i}:e${i}~1.0~postgres~16.9`);
    expect(nearest("//extensions/e4321:e4321~1.0~postgres~16.8", labels)[0]).toBe(
      "//extensions/e4321:e4321~1.0~postgres~16.9",
    );
  });

  test("have a name itself first", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        names,
        fc.nat(),
        (list, i) => nearest(list[i % list.length] ?? "", list)[0] === list[i % list.length],
      ),
    );
  });
});

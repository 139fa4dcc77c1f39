import { all, every, is, matches, not } from "../predicates/condition";
import { rule } from "../rule";
import { DOWNLOADER } from "../views/documents";

/** A whole name of a host: a shorter one, or `*`, allows all below it, whatever is blocked. */
const HOST = "^[\\w-]+(\\.[\\w-]+)+$";

/** Where everybody's sources are. */
const PUBLIC =
  "(^|\\.)(github\\.com|githubusercontent\\.com|gnu\\.org|kernel\\.org|debian\\.org|postgresql\\.org|pypi\\.org|pythonhosted\\.org|bazel\\.build|ghcr\\.io)$";

export const downloaderBlocksWorld = rule({
  id: "H08",
  name: "downloader-blocks-world",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: hermetic",
  key: "the downloader configuration of the workspace",
  requires:
    'a downloader configuration ends with "block *" and allows hosts by their whole names, none where everybody fetches sources',
  because: "sources come from the farm's own store alone",
  objects: [
    {
      on: DOWNLOADER,
      must: all(
        is("$content.last", "block *"),
        every("$content.allowed", all(matches("", HOST), not(matches("", PUBLIC)))),
      ),
    },
  ],
});

import { is } from "../predicates/condition";
import { rule } from "../rule";
import { DOWNLOADER } from "../views/documents";

export const downloaderBlocksWorld = rule({
  id: "H08",
  name: "downloader-blocks-world",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: hermetic",
  key: "the downloader configuration of the workspace",
  requires: 'a downloader configuration ends with "block *"',
  because: "sources come from the farm's own store alone",
  objects: [{ on: DOWNLOADER, must: is("$content.last", "block *") }],
});

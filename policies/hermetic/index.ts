import { servePack } from "../analyzer";
import { version } from "./package.json";
import { HERMETIC } from "./rules";

servePack("monofarm-hermetic", version, HERMETIC);

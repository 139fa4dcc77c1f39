import { servePack } from "./analyzer";
import { version } from "./package.json";
import { RULES } from "./rules";

servePack("monofarm", version, RULES);

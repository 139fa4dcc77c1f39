import { servePack } from "../analyzer";
import { version } from "./package.json";
import { SECURITY } from "./rules";

servePack("monofarm-security", version, SECURITY);

import { servePack } from "../pack";
import { SECURITY } from "./rules";

servePack("monofarm-security", SECURITY);

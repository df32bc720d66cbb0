import type { Asked, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { newId } from "./forecast.ts";
import { plain } from "./ids.ts";

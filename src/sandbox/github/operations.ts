import { contentOperations } from "./contents.ts";
import { environmentOperations } from "./environments.ts";
import type { Operation } from "./exchange.ts";
import { hookOperations } from "./hooks.ts";
import { issueOperations } from "./issues.ts";
import { labelOperations } from "./labels.ts";
import { rateOperations } from "./limits.ts";
import { milestoneOperations } from "./milestones.ts";
import { repositoryOperations } from "./repositories.ts";
import { secretOperations } from "./secrets.ts";
import { userOperations } from "./users.ts";
import { variableOperations } from "./variables.ts";

/** Every operation of GitHub's REST API that the stand-in has. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...rateOperations,
  ...repositoryOperations,
  ...labelOperations,
  ...milestoneOperations,
  ...variableOperations,
  ...secretOperations,
  ...hookOperations,
  ...issueOperations,
  ...contentOperations,
  ...environmentOperations,
];

import type { Catalogue } from "./entry.ts";

export const engineErrors: Catalogue = {
  ENV_MISSING: {
    what: "The sequence refers to an environment variable that is not set.",
    why: "A value `${env.NAME}` stands in the configuration, and NAME is empty or absent where testx runs.",
    next: "Set the variable (see .env.example), or try without an account: `testx integrations setup --sandbox`.",
    exit: 4,
  },
  ENV_INVALID: {
    what: "An environment variable holds something that cannot be used.",
    why: "The value is not of the form that the message names.",
    next: "Correct the variable, or unset it to get the default.",
    exit: 2,
  },
  SCOPE_MISSING: {
    what: "A token is valid, but may not do all that the sequence needs.",
    why: "The service told which scopes the token has, and some that the steps need are not among them.",
    next: "Add the missing scopes in the service's app settings, reinstall the app, and run the command again.",
    exit: 4,
  },
  HEALTH_CHECK_FAILED: {
    what: "A service did not pass its health check, so nothing was written.",
    why: "The service is down or slow, the network does not reach it, or its health URL answers unexpectedly.",
    next: "Try again in a few minutes; look at the service's status page if it goes on.",
    exit: 1,
  },
  KIND_UNKNOWN: {
    what: "The journal speaks of a resource kind that this version of testx does not know.",
    why: "It was written by another version of testx, or by a provider that is not installed here.",
    next: "Run the command with the version of testx that did the setup.",
    exit: 1,
  },
  STEP_INPUT_INVALID: {
    what: "A step's values are not valid once references are replaced.",
    why: "An environment variable or an earlier step gave a value that the resource does not accept.",
    next: "Compare the values that the message names with `testx integrations outputs`, and correct the sequence.",
    exit: 2,
  },
  REFERENCE_UNRESOLVED: {
    what: "A step refers to a value that the earlier step did not leave.",
    why: "The receipt of the earlier step has no such field.",
    next: "Run `testx integrations outputs --format json` to see the fields there are, and correct the reference.",
    exit: 2,
  },
  STEP_CONFLICT: {
    what: "Something of the same name appeared while testx was about to create it.",
    why: "Somebody else, or another tool, created it at the same moment; testx never takes such a thing over silently, neither now nor later.",
    next: "Look at it. Take it over with `testx integrations setup --adopt STEP` (rollback will never delete it), or rename or delete it and run setup again.",
    exit: 1,
  },
  STEP_BLOCKED: {
    what: "A step could not run because one that it comes after did not succeed.",
    why: "The earlier step was skipped, deferred or failed.",
    next: "Mend the earlier step and run `testx integrations setup` again: it goes on from there.",
    exit: 5,
  },
  STEP_NOT_AS_ASKED: {
    what: "A step was carried out, but the service shows something else than was asked.",
    why: "The service changed the value (length, formatting), somebody changed it in the meantime, or it takes a while to show.",
    next: "Run `testx integrations plan` to see what differs.",
    exit: 5,
  },
  PLAN_STALE: {
    what: "A saved plan does not hold any more, so nothing was written.",
    why: "Since it was made, somebody changed the configuration or something in a service, or testx set up or undid something.",
    next: "Make a new plan and look at it: `testx integrations plan --out FILE`.",
    exit: 2,
  },
  PLAN_UNREADABLE: {
    what: "A file that was given as a saved plan is none.",
    why: "It does not exist, is not JSON, or was written by something else or by another version of testx.",
    next: "Make one: `testx integrations plan --out FILE`.",
    exit: 2,
  },
  PLAN_UNWRITABLE: {
    what: "A plan could not be saved.",
    why: "The folder does not exist, may not be written, or its disk is full.",
    next: "Give --out a file in a folder that can be written.",
    exit: 1,
  },
  CALLS_NOT_PREDICTED: {
    what: "A plan cannot say which calls a step would send.",
    why: "The step's provider does not tell what its service would answer, or the answer depends on what only setup finds out.",
    next: "Nothing is wrong: the step itself is planned, and setup carries it out.",
    exit: 1,
  },
  RUN_LOCKED: {
    what: "Another testx is at work on the same state folder.",
    why: "Only one run at a time may write, so that nothing is made twice.",
    next: "Wait until it has ended (`--wait 5m` does), or stop it; the lock goes away with its process.",
    exit: 7,
  },
  RUN_UNSETTLED: {
    what: "An earlier run was cut off in the middle of a write, and what became of it cannot be found out now.",
    why: "The service does not answer, so testx cannot look whether the write took effect. Sending it again could make a duplicate.",
    next: "Run the same command again when the service answers.",
    exit: 1,
  },
  RECEIPT_INCOMPLETE: {
    what: "The journal knows of a thing, but not where to look at it.",
    why: "It was adopted by an earlier version of testx, which did not write that down.",
    next: "Run testx integrations setup with the step in the sequence: it writes down what is missing and changes nothing else.",
    exit: 1,
  },
  STEP_UNKNOWN: {
    what: "There is no such step.",
    why: "The name given with --ignore or --adopt was mistyped, or it is that of another sequence or state folder.",
    next: "List the steps: `testx integrations list`; what is set up: `testx integrations status`. A step is named as integration.step, a field of it as integration.step.field.",
    exit: 2,
  },
  RUN_UNKNOWN: {
    what: "There is no such run or rollback point.",
    why: "The id was mistyped, or the state folder is another one (--state, --sandbox).",
    next: "List what can be undone: `testx rollback --list`.",
    exit: 2,
  },
  NOTHING_TO_UNDO: {
    what: "There is nothing to undo.",
    why: "No run in this state folder has written anything that is not undone already.",
    next: "See what is set up: `testx integrations status`.",
    exit: 0,
  },
};

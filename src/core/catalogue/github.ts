import type { Catalogue } from "./entry.ts";

export const githubErrors: Catalogue = {
  GITHUB_TOKEN_MISSING: {
    what: "No GitHub token is set.",
    why: "GITHUB_TOKEN is not in the environment, or it is empty.",
    next: "Make a token at https://github.com/settings/personal-access-tokens/new and set GITHUB_TOKEN; in GitHub Actions pass ${{ secrets.GITHUB_TOKEN }}.",
    exit: 4,
  },
  GITHUB_TOKEN_INVALID: {
    what: "GitHub does not accept the token.",
    why: "It has expired, was revoked, was copied incompletely, or belongs to another GitHub (check GITHUB_API_URL).",
    next: "Make a new token, set GITHUB_TOKEN, and run `testx integrations plan`.",
    exit: 4,
  },
  GITHUB_SSO_REQUIRED: {
    what: "The organization wants the token to be authorized for single sign-on.",
    why: "Organizations with SAML single sign-on accept only tokens that were authorized for them.",
    next: "Open https://github.com/settings/tokens, choose Configure SSO beside the token, and authorize it for the organization.",
    exit: 4,
  },
  GITHUB_FORBIDDEN: {
    what: "The token may not do this.",
    why: "It lacks a permission or scope, or its owner lacks the role in the repository. The message names what GitHub would accept.",
    next: "Give the token the permission that the message names, or follow GitHub's own words in it; else use a token of somebody who administers the repository.",
    exit: 4,
  },
  GITHUB_REPOSITORY_NOT_FOUND: {
    what: "GitHub shows no such repository to this token.",
    why: "The name is wrong, the repository was deleted, or the token has no access to it: GitHub answers 404 to both.",
    next: "Check GITHUB_REPOSITORY (owner/name) and that the token includes this repository. To have it made, give a github.repository step `create: true` and the integration `createRepository: true`.",
    exit: 4,
  },
  GITHUB_NOT_FOUND: {
    what: "Something that was to be changed is not there, or not visible to this token.",
    why: "Somebody deleted or renamed it meanwhile, or the token lacks the permission to see it: GitHub answers 404 to both.",
    next: "Run the command again: testx looks anew. If it stays, check the token's permissions.",
    exit: 1,
  },
  GITHUB_MOVED: {
    what: "GitHub has it under another address.",
    why: "The repository was renamed or transferred. testx follows no redirect, because a write would be sent as a read.",
    next: "Open the old address in a browser, and put the new owner/name into the configuration or GITHUB_REPOSITORY.",
    exit: 2,
  },
  GITHUB_GONE: {
    what: "GitHub says that this is gone for good.",
    why: "The issue was deleted, or issues are turned off in the repository.",
    next: "Turn issues on in the repository's settings (a github.repository step with `hasIssues: true` does it), or take the step out.",
    exit: 1,
  },
  GITHUB_ARCHIVED: {
    what: "The repository is archived.",
    why: "Nothing in an archived repository can be changed.",
    next: "Unarchive it at the end of its settings, or name another repository.",
    exit: 4,
  },
  GITHUB_VALIDATION: {
    what: "GitHub refuses a value.",
    why: "A value is too long, of the wrong form, or names something that does not exist; the message spells out which.",
    next: "Correct the value in integration-sequence.json, then run `testx integrations plan`.",
    exit: 1,
  },
  GITHUB_CONFLICT: {
    what: "Somebody else made or changed the same thing at the same time.",
    why: "GitHub found it in another state than the one testx had seen a moment before.",
    next: "Run the command again: testx looks anew and takes it from there.",
    exit: 1,
  },
  GITHUB_SECRET_EXISTS: {
    what: "A secret is there already, and testx did not set it.",
    why: "GitHub never shows a secret's value, so that overwriting it could not be undone.",
    next: "Give the step `overwrite: true` if its value may be lost, delete the secret, or take another name.",
    exit: 1,
  },
  GITHUB_LABEL_MISSING: {
    what: "An issue names a label that the repository does not have.",
    why: "GitHub would make the label by itself, and no rollback would know of it.",
    next: "Add a github.label step for it, and let the issue depend on that step.",
    exit: 1,
  },
  GITHUB_NOT_A_FILE: {
    what: "At the path of a file step there is something else than a file.",
    why: "It is a directory, a symbolic link or a submodule.",
    next: "Take another path, or remove what is there.",
    exit: 1,
  },
  GITHUB_RATE_LIMITED: {
    what: "The token's calls for this hour are used up.",
    why: "GitHub allows 5,000 calls an hour, and 1,000 for the token of GitHub Actions, shared by all that use it.",
    next: "Wait until the time that the message names, then run the command again: it goes on where it was.",
    exit: 1,
  },
  GITHUB_SECONDARY_LIMIT: {
    what: "GitHub slows this token down.",
    why: "Too many calls or new things in a short time, by testx or by others with the same token.",
    next: "Wait as long as the message says, then run the command again: it goes on where it was.",
    exit: 1,
  },
  GITHUB_UNAVAILABLE: {
    what: "GitHub did not answer, or answered with an error of its own.",
    why: "GitHub or the network on the way to it has a disturbance.",
    next: "Look at https://www.githubstatus.com, then run the command again: it finds out first whether the last write took effect.",
    exit: 1,
  },
  GITHUB_UNREADABLE: {
    what: "GitHub's answer could not be read.",
    why: "It was cut off on the way, or something between testx and GitHub (a proxy, a sign-in page) answered instead.",
    next: "Check GITHUB_API_URL and the network, then run the command again: it finds out first whether the write took effect.",
    exit: 1,
  },
  GITHUB_REFUSED: {
    what: "GitHub refused the call.",
    why: "The message has GitHub's own words.",
    next: "Follow the message; `--json` has the operation and GitHub's documentation link.",
    exit: 1,
  },
  GITHUB_UNEXPECTED: {
    what: "The GitHub SDK failed in a way testx does not know.",
    why: "A fault in testx or in the SDK.",
    next: "Please report it, with the output of the command run with --verbose.",
    exit: 1,
  },
};

import type { Catalogue } from "./entry.ts";

export const cliErrors: Catalogue = {
  CLI_UNKNOWN_COMMAND: {
    what: "The command does not exist.",
    why: "It is misspelt, or it belongs to another version of testx.",
    next: "Run `testx --help` for the list of commands.",
    exit: 2,
  },
  CLI_COMMAND_MISSING: {
    what: "A group of commands was named, and none of them.",
    why: "The group does nothing by itself.",
    next: "Name one of its commands; its help lists them.",
    exit: 2,
  },
  CLI_UNKNOWN_OPTION: {
    what: "The option does not exist for this command.",
    why: "It is misspelt, or it belongs to another command or version of testx.",
    next: "Run the command with `--help` to see its options.",
    exit: 2,
  },
  CLI_BAD_ARGUMENT: {
    what: "An argument or an option's value is missing, superfluous or not allowed.",
    why: "The command was called with something that it cannot use.",
    next: "Run the command with `--help` to see what it takes.",
    exit: 2,
  },
  CLI_UNKNOWN_CODE: {
    what: "There is no error with this code.",
    why: "It is misspelt, or it belongs to another version of testx.",
    next: "Run `testx explain --list` for all codes.",
    exit: 2,
  },
  CLI_FILE_EXISTS: {
    what: "A file that testx would write is there already with other content.",
    why: "The folder was set up before, by `testx init` or by hand.",
    next: "Run `testx init --force` to replace the files, or `testx init --dir DIR` with another folder.",
    exit: 2,
  },
  CLI_FOLDER_GONE: {
    what: "The folder that testx was started in is not there any more.",
    why: "It was removed, or made anew under the same name, while the shell was in it.",
    next: "Change to the project's folder with `cd`, and run the command again.",
    exit: 2,
  },
  CLI_NO_TERMINAL: {
    what: "The command has questions and nobody to ask.",
    why: "Standard input or output is no terminal, as in a pipe or in CI.",
    next: "Run `testx init --yes` to take the defaults without being asked; `--services slack,github` chooses.",
    exit: 2,
  },
  CLI_WRITE_FAILED: {
    what: "A file or an output could not be written.",
    why: "The folder does not exist or is read-only, something else has the name, or the disk is full.",
    next: "Look at what the message names, make room or give yourself the right to write there, then run the command again.",
    exit: 1,
  },
  SYSTEM_FAILED: {
    what: "The operating system refused testx something that it needs.",
    why: "The disk failed, memory or file handles ran out, or testx's own files cannot be read any more.",
    next: "Look at the disk and the limits (`dmesg`, `df`, `ulimit -n`), or install testx again. Then run the same command again: what was recorded is settled first.",
    exit: 1,
  },
  BUG: {
    what: "testx met a condition that it does not know how to deal with: a bug in testx.",
    why: "Something happened that its authors did not think of.",
    next: "Report it with the stack trace and the command. Running the same command again is safe: nothing is done twice.",
    exit: 1,
  },
};

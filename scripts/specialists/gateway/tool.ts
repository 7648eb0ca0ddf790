/** What an endpoint of the sample gateway can do, as data and one function each; nothing here knows about XMPP. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export type Tool = {
  name: string;
  title: string;
  description: string;
  tags: string[];
  inputSchema: JsonObject;
  outputSchema: JsonObject;
} & (
  | {
      /** Answers at once. Throws an ArgumentError for arguments that its input schema does not allow. */
      run(args: JsonObject): JsonObject;
      start?: never;
    }
  | {
      /** The work to be done, which may be done again from its start. Throws like `run`. */
      start(args: JsonObject): (work: Work) => Promise<JsonObject>;
    }
);

/** What a tool that takes its time does beside its work. Everything rejects when the task is cancelled. */
export type Work = {
  progress(percent: number, stage: string, message: string): void;
  wait(seconds: number): Promise<void>;
  /** Asks the caller, and waits for the answer. */
  ask(question: string, schema: JsonObject): Promise<Json>;
};

export type Endpoint = {
  /** The local part of its JID. */
  account: string;
  title: string;
  description: string;
  /** Of its manifest: a change of anything in it needs a new one. */
  version: string;
  tools: Tool[];
};

/** A mistake of the caller; no task comes of it. */
export class ArgumentError extends Error {
  override name = 'ArgumentError';
}

export function refuse(unless: boolean, problem: string): asserts unless {
  if (!unless) throw new ArgumentError(problem);
}

/** Refuses members that the tool does not know. */
export function expectOnly(args: JsonObject, ...names: string[]): void {
  const odd = Object.keys(args).find((name) => !names.includes(name));
  refuse(odd === undefined, `'${odd}' is not an argument`);
}

export function textArgument(args: JsonObject, name: string, charsMax: number): string {
  const value = args[name];
  refuse(
    typeof value === 'string' && value.length <= charsMax,
    `'${name}' is a text of at most ${charsMax} characters`,
  );
  return value;
}

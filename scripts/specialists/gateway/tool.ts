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
  /** Throws an ArgumentError for arguments that its input schema does not allow. */
  run(args: JsonObject): JsonObject;
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

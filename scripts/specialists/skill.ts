/** What a sample specialist can do, as data and one function; nothing here knows about XMPP connections. */

export type FieldType =
  | 'boolean'
  | 'jid-single'
  | 'list-multi'
  | 'list-single'
  | 'text-multi'
  | 'text-private'
  | 'text-single';

/** The XEP-0122 datatypes that the specialists use. */
export type Datatype = 'xs:date' | 'xs:dateTime' | 'xs:decimal' | 'xs:integer';

export type Option = { value: string; label: string };

export type Field = {
  name: string;
  label: string;
  type: FieldType;
  description?: string;
  required?: boolean;
  default?: string | readonly string[];
  options?: readonly Option[];
  datatype?: Datatype;
  min?: string;
  max?: string;
  /** Longest accepted text; `lineCharactersMax` or `textCharactersMax` where a field does not say. */
  charactersMax?: number;
};

export type Output = {
  name: string;
  label: string;
  type: 'boolean' | 'text-multi' | 'text-single';
  values: readonly string[];
};

/** The checked values of a filled-in form. A name that the skill did not declare is our own fault, and throws. */
export type Answers = {
  has(name: string): boolean;
  text(name: string): string;
  number(name: string): number;
  flag(name: string): boolean;
  list(name: string): readonly string[];
};

export type Skill = {
  /** Lower-case words joined by hyphens; the dialects make the command's node from it. */
  id: string;
  name: string;
  /** The name in several languages, where it has more than one. */
  names?: readonly { lang: string; text: string }[];
  description: string;
  category: string;
  tags: readonly string[];
  lang: readonly string[];
  /** Requests in people's own words. */
  queries: readonly string[];
  fields: readonly Field[];
  /** What is asked for once these are known. */
  second?: readonly Field[];
  /** Throws a UserError for values that are well-formed but cannot be used, a FailureError where it cannot be done. */
  run(answers: Answers): readonly Output[] | Promise<readonly Output[]>;
};

/** A mistake of the person who filled in the form; the message is meant for that person. */
export class UserError extends Error {
  override name = 'UserError';
}

/** It cannot be done, whatever is filled in. */
export class FailureError extends Error {
  override name = 'FailureError';
}

export const lineCharactersMax = 500;
export const textCharactersMax = 20_000;

/** Results stay well below the stanza size that servers accept (Prosody: 256 kB), also when escaped. */
export const resultBytesMax = 40_000;
export const resultLinesMax = 2_000;

/** One line of text or one number as a result. */
export function line(name: string, label: string, value: string | number): Output {
  return { name, label, type: 'text-single', values: [String(value)] };
}

/** Several lines of text as a result. */
export function lines(name: string, label: string, values: readonly string[]): Output {
  return { name, label, type: 'text-multi', values };
}

/** A yes or no as a result. */
export function yesNo(name: string, label: string, value: boolean): Output {
  return { name, label, type: 'boolean', values: [value ? 'true' : 'false'] };
}

/** Options whose labels are their values. */
export function plainOptions(values: readonly string[]): Option[] {
  return values.map((value) => ({ value, label: value }));
}

/** Runs a skill and refuses a result that would not fit into a stanza. */
export async function runSkill(skill: Skill, answers: Answers): Promise<readonly Output[]> {
  const outputs = await skill.run(answers);
  const values = outputs.flatMap((output) => output.values);
  const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (bytes > resultBytesMax || values.length > resultLinesMax) {
    throw new UserError(
      `The result would be longer than ${resultBytesMax} bytes or ${resultLinesMax} lines; send less.`,
    );
  }
  return outputs;
}

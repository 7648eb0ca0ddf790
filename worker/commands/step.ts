/** What a command is to the engine: a node, and stages that follow each other until there is an outcome. */

import type { Problem } from '../../market/problem.ts';
import type { Note } from '../../protocol/commands.ts';
import type { Field, Form } from '../../protocol/data-form.ts';
import type { Values } from './values.ts';

/** Who executes: the stanza's sender, as its server attests it. */
export type Caller = { jid: string; domain: string; resource: string };

export type Command = {
  node: string;
  name: string;
  about?: CommandAbout;
  /** Whom it is offered to; without this, everybody. */
  concerns?(caller: Caller): boolean;
  start(caller: Caller): Promise<Step>;
};

/** What is said of a command before it is executed, the same to everybody: its purpose, and its first stage's fields. */
export type CommandAbout = { description: string; fields: readonly Field[] };

export type Step = Stage | Outcome | Problem;

/** The ways on from a stage; the way back and cancelling are the engine's. */
export type Onward = 'next' | 'complete';

export type Stage = {
  /** A form to fill in, or (type `result`) something to look at that takes no values. */
  form: Form;
  /** The ways on, the default first. */
  actions: readonly [Onward, ...Onward[]];
  notes?: Note[];
  /**
   * Acts upon what was filled in, which the engine has validated against the form. A problem that the caller can mend
   * (of type `modify`) shows the stage again; each of its errors points to a field. Any other ends the session.
   */
  submit(values: Values, action: Onward): Promise<Step>;
};

export type Outcome = { result: Form | null; notes: Note[] };

export function isStage(step: Step): step is Stage {
  return 'submit' in step;
}

/** What is found wrong with how a gateway or an endpoint describes itself, and how much of it is told. */

import { ParseError } from '../protocol/parse-error.ts';
import type { Answer } from './ask.ts';

export const faultLimits = {
  /** Faults of one look that are told. */
  faultsMax: 50,
} as const;

/** @throws {ParseError} where the answer is a refusal, or none that its specification allows. */
export function saidBy<T>(answer: Exclude<Answer<T>, { kind: 'silent' }>): T {
  if (answer.kind === 'answer') return answer.value;
  throw new ParseError(
    answer.kind === 'refused' ? `the question was refused: ${answer.condition}` : answer.why,
  );
}

/** @throws {ParseError} where what must hold does not. */
export function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new ParseError(otherwise);
}

/** What is found wrong during one look. */
export class Faults {
  incomplete = false;
  #faults: string[] = [];

  /** Something is wrong, and what it is about is left out. */
  add(what: string, fault: string): void {
    this.incomplete = true;
    this.note(what, fault);
  }

  /** Something is odd, and nothing is left out for it that could have been known. */
  note(what: string, fault: string): void {
    this.#faults.push(`${what}: ${fault}`);
  }

  /** Runs a reader; what it throws is a fault, and then there is no value and the look is incomplete. */
  read<T>(what: string, reader: () => T): T | null {
    const before = this.#faults.length;
    const value = this.weigh(what, reader);
    if (this.#faults.length > before) this.incomplete = true;
    return value;
  }

  /** Runs a reader of what can be left out without anything else being unknown for it. */
  weigh<T>(what: string, reader: () => T): T | null {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.note(what, error.message);
      return null;
    }
  }

  /** An answer's value; silence is nobody's fault, but leaves the look incomplete. */
  take<T>(what: string, answer: Answer<T>): T | null {
    if (answer.kind !== 'silent') return this.read(what, () => saidBy(answer));
    this.incomplete = true;
    return null;
  }

  /** What is told of it, in sentences for the author. */
  get told(): string[] {
    return bounded(this.#faults);
  }
}

/** As many of them as are told. */
export function bounded(faults: string[]): string[] {
  return faults.slice(0, faultLimits.faultsMax);
}

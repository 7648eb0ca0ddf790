import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A command, and the part of its answer that stands below it; null where it is an assignment to the shell's variables. */
export type ShellCommand = { command: string; answer: string | null };

/** A page of commands that somebody copies into a shell, one after the other. */
export class ShellPage {
  text: string;
  commands: ShellCommand[];
  #known: Map<string, string>;
  #variables = '';

  /** @param known what the page's examples stand for here */
  constructor(path: string, known: [string, string][] = []) {
    this.text = readFileSync(path, 'utf8');
    const blocks = this.text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```json\n([\s\S]*?)^```$)?/gm);
    this.commands = [...blocks].map(([, command = '', answer]) => ({ command, answer: answer ?? null }));
    this.#known = new Map(known);
  }

  /** The page's tables of what to fill in: by field, the values. */
  get filled(): { [name: string]: string[] } {
    const rows = this.text.matchAll(/^\| `([a-z]+)` \| ((?:`[^`]+` ?)+) \|$/gm);
    const values = (said: string) => [...said.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value);
    return Object.fromEntries([...rows].map(([, name = '', said = '']) => [name, values(said)]));
  }

  /** With what the examples stand for in their place. */
  here(text: string): string {
    return [...this.#known].reduce((all, [example, real]) => all.replaceAll(example, real), text);
  }

  /** From here on the example stands for this. */
  learn(example: string, real: string): void {
    this.#known.set(example, real);
  }

  /** Keeps the assignment for the commands that follow. */
  assign(command: string): void {
    this.#variables += this.here(command);
  }

  /** What the command answers, in a shell that has the page's variables. */
  async answerTo(command: string): Promise<unknown> {
    const line = this.here(command).replaceAll('curl ', 'curl -sS ');
    const { stdout } = await run('sh', ['-ec', `${this.#variables}${line}`]);
    return JSON.parse(stdout);
  }
}

/** The values of these names anywhere in what is shown, beside those at the same place in what is given. */
export function pairsOf(names: string[], shown: unknown, given: unknown): [string, string][] {
  if (typeof shown !== 'object' || shown === null || typeof given !== 'object' || given === null) return [];
  return Object.entries(shown).flatMap(([name, example]): [string, string][] => {
    const real = (given as { [name: string]: unknown })[name];
    return names.includes(name) && typeof example === 'string' && typeof real === 'string'
      ? [[example, real]]
      : pairsOf(names, example, real);
  });
}

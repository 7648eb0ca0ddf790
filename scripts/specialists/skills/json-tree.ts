/** RFC 8259: a reader of JSON that keeps scalars as they were written and knows where a mistake is. */
import { UserError } from '../skill.ts';

const depthMax = 64;
const space = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 wants these escaped
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const bare = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const scalar = new RegExp(`${text.source}|${bare.source}`, 'y');

/** Scalars stay text, so that a long number and an escape come out as they went in. */
export type JsonTree = { scalar: string } | { items: JsonTree[] } | { members: [string, JsonTree][] };

class Mistake extends Error {}

/** The document, or a sentence that says where it is not JSON. Throws a UserError when it is nested too deeply. */
export function readJson(source: string): { tree: JsonTree } | { problem: string } {
  const reader = readerOf(source);
  try {
    const tree = readValue(reader, 0);
    reader.expect('', 'The document should end here');
    return { tree };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const before = source.slice(0, reader.position()).split('\n');
    return {
      problem: `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${error.message}.`,
    };
  }
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(source: string) {
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? null;
  };
  const skip = () => {
    at += match(space)?.length ?? 0;
  };
  return {
    position: () => at,
    /** Whether the mark is next; it is then taken. An empty mark is the end. */
    take(mark: string): boolean {
      skip();
      const found = mark === '' ? at === source.length : source.startsWith(mark, at);
      if (found) at += mark.length;
      return found;
    },
    expect(mark: string, message: string): void {
      if (!this.take(mark)) throw new Mistake(message);
    },
    scalar(pattern: RegExp, message: string): string {
      skip();
      const found = match(pattern);
      if (found === null) throw new Mistake(message);
      at += found.length;
      return found;
    },
  };
}

function readValue(reader: Reader, depth: number): JsonTree {
  if (depth > depthMax) throw new UserError(`JSON: at most ${depthMax} levels.`);
  if (reader.take('[')) return { items: readList(reader, ']', () => readValue(reader, depth + 1)) };
  if (reader.take('{')) {
    const members = readList(reader, '}', (): [string, JsonTree] => {
      const key = reader.scalar(text, 'A name in double quotes is expected');
      reader.expect(':', 'A colon is expected');
      return [key, readValue(reader, depth + 1)];
    });
    return { members };
  }
  return { scalar: reader.scalar(scalar, 'A value is expected') };
}

function readList<T>(reader: Reader, end: string, readOne: () => T): T[] {
  const list: T[] = [];
  if (reader.take(end)) return list;
  do list.push(readOne());
  while (reader.take(','));
  reader.expect(end, `A comma or ${end} is expected`);
  return list;
}

/** A reader of server-sent events that shows what went over the wire. */

import { until } from './directory.ts';

export type Received = { id: string | null; event: string | null; data: string | null; comment: boolean };

export class EventReader {
  readonly status: number;
  readonly headers: Headers;
  readonly blocks: Received[] = [];
  /** How the stream ended; null while it goes on. */
  ending: 'ended' | 'cut' | null = null;
  readonly #abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#abort = abort;
    void this.#read(response);
  }

  static async open(url: string, headers: { [name: string]: string } = {}): Promise<EventReader> {
    const abort = new AbortController();
    return new EventReader(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** The changes that were given out, each with the id of its event. */
  get changes(): { id: string; data: { seq: number; id: string; op: string } }[] {
    return this.blocks.flatMap(({ id, event, data }) =>
      event === 'change' && id !== null && data !== null ? [{ id, data: JSON.parse(data) }] : [],
    );
  }

  get heartbeats(): number {
    return this.blocks.filter(({ comment }) => comment).length;
  }

  /** What a reader resumes from. */
  get lastId(): string | null {
    return this.blocks.findLast(({ id }) => id !== null)?.id ?? null;
  }

  cut(): void {
    this.#abort.abort();
  }

  async has(count: number): Promise<void> {
    await until(`${count} events`, async () => this.changes.length >= count);
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        this.blocks.push(...blocks.map(blockOf));
      }
      this.ending = 'ended';
    } catch {
      this.ending = 'cut';
    }
  }
}

function blockOf(block: string): Received {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ')[0], line.replace(/^[a-z]*: ?/, '')]),
  );
  return {
    id: fields.get('id') ?? null,
    event: fields.get('event') ?? null,
    data: fields.get('data') ?? null,
    comment: block.startsWith(':'),
  };
}

// Keeps a copy of a Guildhall directory in a file: node mirror.mjs ORIGIN FILE [--once]
// Needs Node 20 or later, or any runtime with fetch; nothing else. Whoever wants a database writes `apply` anew.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [origin, file, once] = process.argv.slice(2);
if (!origin || !file) {
  console.error('node mirror.mjs ORIGIN FILE [--once], such as http://127.0.0.1:8420 mirror.json');
  process.exit(1);
}

/** The listings by id, and the number of the last change in them. They are kept together, or not at all. */
const copy = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { next: 0, listings: {} };

function apply(items) {
  for (const { id, listing } of items) {
    if (listing) copy.listings[id] = listing;
    else delete copy.listings[id];
  }
}

function save() {
  writeFileSync(`${file}.new`, JSON.stringify(copy));
  renameSync(`${file}.new`, file);
}

async function ask(path, headers) {
  const response = await fetch(new URL(path, origin), { headers });
  if (response.ok) return response;
  const { detail } = await response.json().catch(() => ({ detail: response.statusText }));
  const error = new Error(`${response.status}: ${detail}`);
  // A 400 means that the copy is of another directory, or newer than this one: only starting anew helps.
  error.isFinal = response.status === 400;
  throw error;
}

async function catchUp() {
  for (let more = true; more; ) {
    const page = await (await ask(`/v1/changes?since=${copy.next}&include=listing&limit=1000`)).json();
    apply(page.items);
    copy.next = page.next;
    save();
    more = page.cursor !== null;
  }
}

/** Waits until the directory says that something changed, or ends the stream, as it does from time to time. */
async function nextChange() {
  const { body } = await ask('/v1/events', { 'last-event-id': String(copy.next) });
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes('\nevent: change\n')) return;
    text = text.slice(-100);
  }
}

for (;;) {
  try {
    await catchUp();
    if (once) break;
    await nextChange();
    // What changes at once is read at once.
    await wait(1_000);
  } catch (error) {
    console.error(error.message);
    if (error.isFinal || once) process.exit(1);
    await wait(5_000);
  }
}

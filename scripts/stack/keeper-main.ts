import { createInterface } from 'node:readline';
import type { KeeperMessage } from './keeper.ts';
import { endProcess } from './processes.ts';

const kept = new Map<number, { stamp: string; stopSignal: NodeJS.Signals }>();

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as KeeperMessage;
  if ('keep' in message) kept.set(message.keep, message);
  else kept.delete(message.release);
}

await Promise.all(
  [...kept].map(([pid, { stamp, stopSignal }]) => endProcess(pid, stamp, [stopSignal, 'SIGKILL'])),
);

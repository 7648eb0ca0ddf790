import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import { startFunctions } from '../../scripts/stack/workerd.ts';
import { afterwards } from './afterwards.ts';

export type Served = {
  url: string;
  /** The last lines that the functions wrote. */
  said(): string;
};

export type PlatformOptions = {
  databaseUrl: string;
  /** What one client may ask; without limit where it is left out. */
  readsPerMinute?: number;
  /** Their `PUBLIC_URL`, '' for none; what the platform has of itself where it is left out. */
  publicUrl?: string;
};

const policy = { CRAWL_DOMAINS: 'agents.test,works.test', DIRECTORY_DOMAIN: 'agents.test' };

async function onWorkerd({ databaseUrl, readsPerMinute = 0, publicUrl }: PlatformOptions): Promise<Served> {
  const { neonEndpoint } = inject('stack');
  const port = await freePort();
  const functions = await startFunctions({
    port,
    databaseUrl,
    neonEndpoint,
    readsPerMinute,
    bindings: { ...policy, ...(publicUrl !== undefined && { PUBLIC_URL: publicUrl }) },
  });
  afterwards(() => functions.stop());
  return { url: functions.url, said: functions.tail };
}

/** As `npm run serve` does. */
async function onNode({ databaseUrl, readsPerMinute = 0, publicUrl = '' }: PlatformOptions): Promise<Served> {
  const { url, lines } = await startServe({
    DATABASE_URL: databaseUrl,
    READS_PER_MINUTE: String(readsPerMinute),
    PUBLIC_URL: publicUrl,
    ...policy,
  });
  return { url, said: () => lines.slice(-5).join('\n') };
}

/** The functions on Node as a process of their own, and what it writes. */
export async function startServe(environment: { [name: string]: string }) {
  const entry = fileURLToPath(new URL('../../functions/serve.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterwards(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  const [first] = (await once(reader, 'line')) as [string];
  const { url } = JSON.parse(first) as { url: string };
  return { child, lines, url };
}

/** Where the same functions run. */
export const platforms = [
  { name: 'workerd', run: onWorkerd },
  { name: 'Node', run: onNode },
];

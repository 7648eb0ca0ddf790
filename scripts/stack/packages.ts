import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './errors.ts';
import { alone } from './machine-lock.ts';
import { withoutServiceStarts } from './policy.ts';

/** A package of the system that the stack or its tests run. */
export type SystemPackage = 'prosody' | 'lua-unbound' | 'python3-slixmpp' | 'ejabberd';

const retryAfterMs = 5_000;

interface Source {
  present: () => boolean;
  apt: string;
  dnf: string;
  brew: string | undefined;
}

const sources: Record<SystemPackage, Source> = {
  prosody: {
    present: () => findProgram('prosody') !== undefined,
    apt: 'prosody',
    dnf: 'prosody',
    brew: 'prosody',
  },
  'lua-unbound': { present: prosodyHasUnbound, apt: 'lua-unbound', dnf: 'lua-unbound', brew: undefined },
  'python3-slixmpp': {
    present: () => pythonWithSlixmpp() !== undefined,
    apt: 'python3-slixmpp',
    dnf: 'python3-slixmpp',
    brew: undefined,
  },
  ejabberd: {
    present: () => findProgram('ejabberdctl') !== undefined && findProgram('erl') !== undefined,
    apt: 'ejabberd',
    dnf: 'ejabberd',
    brew: 'ejabberd',
  },
};

/**
 * Makes sure that the system has the packages: on Debian and its kin, as root, by installing those that are
 * missing, without starting any service.
 *
 * @throws StackError with the command to type where it may not or cannot install.
 */
export async function ensurePackages(
  wanted: SystemPackage[],
  { log = () => {} }: { log?: (line: string) => void } = {},
): Promise<void> {
  const absent = () => wanted.filter((name) => !sources[name].present());
  const missing = absent();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) throw new StackError(advice(missing));

  // One at a time: two test files may want the same, and each would put back the other's policy-rc.d.
  await alone('packages', async () => {
    const still = absent();
    if (still.length > 0) await install(still, log);
  });
}

async function install(missing: SystemPackage[], log: (line: string) => void): Promise<void> {
  log(`Installing ${missing.join(', ')} with apt`);
  await withoutServiceStarts(async () => {
    await apt(['update'], missing);
    await apt(
      ['install', '-y', '--no-install-recommends', ...missing.map((name) => sources[name].apt)],
      missing,
    );
  });
  const still = missing.filter((name) => !sources[name].present());
  if (still.length > 0)
    throw new StackError(`apt installed ${still.join(', ')}, yet it cannot be used. ${advice(still)}`);
}

/** Where a program is, looking also where servers are kept that are not on an ordinary user's PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/bin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or in a folder that is closed to us.
    return false;
  }
}

/** A Python that can import slixmpp: the system's own first, since apt installs for that one. */
export function pythonWithSlixmpp(): string | undefined {
  const candidates = ['/usr/bin/python3', findProgram('python3')].filter((file) => file !== undefined);
  return candidates.find(
    (file) => existsSync(file) && spawnSync(file, ['-c', 'import slixmpp'], { stdio: 'ignore' }).status === 0,
  );
}

/** Asks Prosody itself, since only it knows which Lua it runs on and where that looks for modules. */
function prosodyHasUnbound(): boolean {
  const prosodyctl = findProgram('prosodyctl');
  if (!prosodyctl) return false;
  const scratch = mkdtempSync(join(tmpdir(), 'guildhall-about-'));
  try {
    const config = join(scratch, 'prosody.cfg.lua');
    writeFileSync(config, `data_path = "${scratch}"\nrun_as_root = true\nVirtualHost "localhost"\n`);
    const about = spawnSync(prosodyctl, ['--config', config, 'about'], { encoding: 'utf8' });
    return /^luaunbound:\s+\d/m.test(about.stdout ?? '');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function advice(missing: SystemPackage[]): string {
  const brew = missing.flatMap((name) => sources[name].brew ?? []);
  const ways = [
    `on Debian or Ubuntu with "sudo apt-get install -y --no-install-recommends ${missing.map((name) => sources[name].apt).join(' ')}"`,
    `on Fedora with "sudo dnf install -y ${missing.map((name) => sources[name].dnf).join(' ')}"`,
  ];
  if (brew.length > 0) ways.push(`on macOS with "brew install ${brew.join(' ')}"`);
  return `Missing on this machine: ${missing.join(', ')}. Install ${ways.join(', or ')}; then start again.`;
}

async function apt(args: string[], missing: SystemPackage[]): Promise<void> {
  let output = '';
  for (const attempt of [1, 2]) {
    const result = await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args]);
    if (result.code === 0) return;
    output = result.output;
    if (attempt === 1) await sleep(retryAfterMs);
  }
  const last = output.trim().split('\n').slice(-3).join(' ');
  throw new StackError(
    `"apt-get ${args.join(' ')}" failed (${last}): mend that, then start again. ${advice(missing)}`,
  );
}

function run(command: string, args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    // In a session of its own: a Ctrl-C must not leave dpkg half way.
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-10_000);
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

// Runs before anything is installed, under whatever Node the machine has: plain JavaScript, no packages.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const nodeMajorMin = 20;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const onWindows = process.platform === 'win32';

/** Ends the process with one sentence on standard error. */
export function fail(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

/** Installs the npm packages when there are none, or when they are not those of the lock file. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < nodeMajorMin) {
    fail(
      `Guildhall needs Node ${nodeMajorMin} or later, and this is ${process.versions.node}: install a newer Node.`,
    );
  }
  if (existsSync(pinnedNode()) && installedMatchesLock()) return;

  const verb = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
  process.stdout.write(`Installing packages (npm ${verb})\n`);
  const result = spawnSync('npm', [verb, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: onWindows,
    // NODE_ENV=production would leave out the development packages, which the stack and the tests are made of.
    env: { ...process.env, NODE_ENV: '' },
  });
  if (result.error)
    fail(`npm could not be run (${result.error.message}): install npm, which comes with Node.`);
  if (result.status !== 0) fail(`npm ${verb} failed: see what it says above, then start again.`);
  if (!existsSync(pinnedNode())) {
    fail(
      'npm left out the pinned Node: allow install scripts (npm config set ignore-scripts false), then start again.',
    );
  }
}

/** Runs a script under the pinned Node in place of this one: it gets our signals, and we end with its exit code. */
export async function reexec(script, args = []) {
  process.exit(await run(script, args));
}

/** Runs a script or tool of the checkout under the pinned Node to its end, and returns its exit code. */
export function run(script, args = []) {
  // The channel tells the child when this process is killed; it carries nothing else.
  const child = spawn(pinnedNode(), [join(root, script), ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environment(),
  });
  // A terminal's Ctrl-C reaches the child by itself, and once more from here: one sent to this process alone
  // cannot be told from it, and the child takes the second one calmly.
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${script} could not be started: ${error.message}.`));
    child.on('exit', (code, signal) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function pinnedNode() {
  return join(root, 'node_modules', 'node', 'bin', onWindows ? 'node.exe' : 'node');
}

function environment() {
  const separator = onWindows ? ';' : ':';
  return { ...process.env, PATH: `${dirname(pinnedNode())}${separator}${process.env.PATH ?? ''}` };
}

/** Compares the lock file with the copy that npm leaves beside what it installed. */
function installedMatchesLock() {
  const wanted = lockedPackages('package-lock.json');
  if (!wanted) return true;
  const installed = lockedPackages(join('node_modules', '.package-lock.json'));
  if (!installed) return false;
  return Object.entries(wanted).every(
    // An optional package may be absent because it is for another machine.
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}

function lockedPackages(file) {
  if (!existsSync(join(root, file))) return undefined;
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

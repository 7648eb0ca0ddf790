/** Runs the bot until it is told to stop. */

import { readConfig } from './config.ts';
import { createLog, errorText } from './log.ts';
import { startWorker } from './worker.ts';

try {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel, (line) => process.stdout.write(`${line}\n`));
  const worker = await startWorker(config, log);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await worker.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Started by another process over IPC, the bot ends with it.
  process.on('disconnect', stop);
} catch (error) {
  process.stderr.write(`The worker cannot start. ${errorText(error)}\n`);
  process.exit(1);
}

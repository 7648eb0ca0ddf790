import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const secretsSchema = z.object({ directoryPassword: z.string(), componentSecret: z.string() });

export type Secrets = z.infer<typeof secretsSchema>;

/** The stack's own secrets, made at random on the first start and kept in a file for its owner only. */
export function ownSecrets(file: string): Secrets {
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secrets = { directoryPassword: random(), componentSecret: random() };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function random(): string {
  return randomBytes(24).toString('base64url');
}

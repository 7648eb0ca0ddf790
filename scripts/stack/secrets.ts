import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const secretsSchema = z.object({
  edgePassword: z.string(),
  /** Of the component `guildhall.DOMAIN`. */
  componentSecret: z.string(),
  /** Of the sample network's components, by name. */
  sampleSecrets: z.record(z.string(), z.string()),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** The stack's own secrets, each made at random when it is first needed and kept in a file for its owner only. */
export function ownSecrets(file: string, sampleNames: readonly string[]): Secrets {
  const known = existsSync(file) ? secretsSchema.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const samples = sampleNames.map((name) => [name, known.sampleSecrets?.[name] ?? random()]);
  const secrets = {
    edgePassword: known.edgePassword ?? random(),
    componentSecret: known.componentSecret ?? random(),
    sampleSecrets: Object.fromEntries(samples),
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function random(): string {
  return randomBytes(24).toString('base64url');
}

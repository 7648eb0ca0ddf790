import { z } from 'zod';
import { StackError } from './errors.ts';

const port = (standard: number) => z.coerce.number().int().min(1).max(65_535).default(standard);
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//)
  .optional();

const origin = z
  .string()
  .regex(/^https?:\/\/[^/?#@\s]+$/)
  .optional();

const settingsSchema = z.object({
  PORT: port(8420),
  PG_PORT: port(15_432),
  NEON_PORT: port(15_433),
  C2S_PORT: port(15_222),
  COMPONENT_PORT: port(15_347),
  PUBLIC_URL: origin,
  DATABASE_URL: databaseUrl,
  DATABASE_URL_DIRECT: databaseUrl,
});

const takes: Record<string, string> = {
  PUBLIC_URL: 'an address without a path, https://HOST',
  DATABASE_URL: 'a PostgreSQL connection string, postgresql://USER:PASSWORD@HOST:PORT/DATABASE',
  DATABASE_URL_DIRECT: 'a PostgreSQL connection string, postgresql://USER:PASSWORD@HOST:PORT/DATABASE',
};

export type Settings = z.infer<typeof settingsSchema>;

/**
 * What the environment says about the development stack; an empty variable is one that is not set.
 *
 * @throws StackError that names the variable and what it takes.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settingsSchema.safeParse(given);
  if (result.success) return result.data;
  const name = String(result.error.issues[0]?.path[0]);
  throw new StackError(
    `${name} takes ${takes[name] ?? 'a port number from 1 to 65535'}: set it to one, or unset it.`,
  );
}

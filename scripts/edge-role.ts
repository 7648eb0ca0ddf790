import pg from 'pg';
import { questionTimeoutMs } from '../db/database.ts';

type Role = { name: string; password: string };

/**
 * Makes the role under which the functions connect, where it is not there yet: it reads the tables, asks for crawls, and
 * has a time limit that holds whatever connects as it.
 * @param edgeUrl the connection string of the functions
 * @returns false where that is the owner's own role, which stays as it is
 */
export async function admitEdge(owner: pg.Client, edgeUrl: string): Promise<boolean> {
  const role = roleOf(edgeUrl);
  const { rows } = await owner.query('select current_user as name');
  if (!role || role.name === rows[0]?.name) return false;
  const name = pg.escapeIdentifier(role.name);
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role.name]);
  if (rowCount === 0) {
    await owner.query(`create role ${name} login password ${pg.escapeLiteral(role.password)}`);
  }
  await owner.query(`
    alter role ${name} set statement_timeout = ${questionTimeoutMs};
    grant usage on schema public to ${name};
    grant select on all tables in schema public to ${name};
    revoke select on token, subscription, asked_query, query_anchor, alert, news_subscriber from ${name};
    grant insert, update on entity to ${name};`);
  return true;
}

function roleOf(url: string): Role | null {
  const { username, password } = new URL(url);
  return username === ''
    ? null
    : { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

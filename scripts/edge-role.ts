import pg from 'pg';
import { questionTimeoutMs } from '../db/database.ts';

type Role = { name: string; password: string };

/**
 * Makes the role under which the functions connect, where it is not there yet: it reads the tables, asks for crawls, moves
 * contracts and issues tokens that were confirmed, and has a time limit that holds whatever connects as it. What it reads of
 * a token is a hash of 256 random bits, which is of no use to anybody. To the jobs it adds, and changes none.
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
    revoke select on subscription, asked_query, query_anchor, alert, news_subscriber from ${name};
    grant insert, update on entity, contract, request, request_asked, idempotency_key, challenge to ${name};
    grant insert, update on rating, reputation to ${name};
    grant insert on contract_event, request_event, rating_event, token to ${name};
    grant insert (task, payload) on job to ${name};
    grant update (revoked, used) on token to ${name};`);
  return true;
}

function roleOf(url: string): Role | null {
  const { username, password } = new URL(url);
  return username === ''
    ? null
    : { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** The HTTP door: every route, and what holds for all of them. */

import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { problem } from '../market/problem.ts';
import { Waits } from '../operations/contracts/wait.ts';
import type { Deps } from '../operations/deps.ts';
import { type AccessEntry, accessLog } from './access-log.ts';
import type { Addressing } from './address.ts';
import type { AnswerCache } from './answer-cache.ts';
import { caching } from './caching.ts';
import { type Compress, content } from './content.ts';
import { createRouter } from './context.ts';
import { cors } from './cors.ts';
import type { AppContext } from './env.ts';
import { type EventStreams, ownStreams } from './events/streams.ts';
import { keptAnswers } from './kept-answers.ts';
import { createDocument, describeShared } from './openapi.ts';
import { createPages } from './pages/pages.ts';
import { problemResponse } from './problem-response.ts';
import { type ReadLimit, rateLimit } from './rate-limit.ts';
import type { Referral } from './referrals.ts';
import { allowedMethods } from './route-pattern.ts';
import { agents } from './routes/agents.ts';
import { createArd } from './routes/ard.ts';
import { ardExplore } from './routes/ard-explore.ts';
import { createChanges } from './routes/changes.ts';
import { createContracts } from './routes/contracts.ts';
import { createDocuments } from './routes/documents.ts';
import { explore } from './routes/explore.ts';
import { health } from './routes/health.ts';
import { listings } from './routes/listings.ts';
import { ratings } from './routes/ratings.ts';
import { requestMoves } from './routes/request-moves.ts';
import { createRequests } from './routes/requests.ts';
import { seeds } from './routes/seeds.ts';
import { createTokens } from './routes/tokens.ts';
import { wellKnown } from './routes/well-known.ts';

export const httpLimits = { urlCharsMax: 8192, bodyBytesMax: 65_536 } as const;

export type AppOptions = {
  deps: Deps;
  /** Registries to which searches by ARD refer. */
  referrals?: Referral[];
  /** The origin under which the functions are known; where it is left out, answers name the host that the request names. */
  publicUrl?: string | null;
  /** Whether the platform vouches for the host that a request names; left out where it never does. */
  isOwnHost?: Addressing['isOwnHost'] | undefined;
  /** How streams of events are held; without it each asks the database for itself. */
  streams?: EventStreams;
  /** Who waits for contracts and calls for proposals; without it each reads for itself. */
  waits?: Waits | undefined;
  /** Hears of our own faults: the cause goes here, never into an answer. */
  onError: (error: Error, requestId: string) => void;
  /** Hears of every request. */
  onAnswer?: ((entry: AccessEntry) => void) | null;
  /** Names the code that answers, for the tags of its answers; one that nobody else has where it is left out. */
  version?: string | undefined;
  /** How much one client may ask; nothing is counted where it is left out. */
  reads?: ReadLimit | null;
  /** Where answers are kept for who asks the same again; none are where it is left out. */
  answers?: AnswerCache | null;
  /** Left out where the platform compresses. */
  compress?: Compress | null;
};

export function createApp(options: AppOptions) {
  const { deps, referrals = [], streams, onError, onAnswer = null, reads = null } = options;
  const { publicUrl = null, isOwnHost = () => false } = options;
  const { waits = new Waits() } = options;
  const { version = crypto.randomUUID(), answers = null, compress = null } = options;
  const app = createRouter();

  app.use(async (context, next) => {
    context.set('publicUrl', publicUrl);
    context.set('isOwnHost', isOwnHost);
    await next();
  });
  app.use(requestId({ limitLength: 64 }));
  if (onAnswer) app.use(accessLog(onAnswer));
  app.use(
    secureHeaders({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, crossOriginResourcePolicy: false }),
  );
  app.use(cors(() => app.routes));
  app.use(content(compress));
  if (reads) app.use(rateLimit(reads));
  app.use(async (context, next) => {
    const refused = refusedForLength(context);
    if (refused) return refused;
    context.set('deps', deps);
    await next();
  });
  app.use(caching(version));
  app.use(
    bodyLimit({
      maxSize: httpLimits.bodyBytesMax,
      onError: (context) => {
        const detail = `The body has more than ${httpLimits.bodyBytesMax} bytes; expected at most that many.`;
        return problemResponse(context, problem('body-too-large', detail));
      },
    }),
  );
  if (answers) app.use(keptAnswers(answers));

  const held = streams ?? ownStreams(deps, (error) => onError(error, 'events'));
  describeShared(app);
  const documentFor = createDocument(app);
  const served = app
    .route('/', listings)
    .route('/', agents)
    .route('/', explore)
    .route('/', seeds)
    .route('/', createTokens({ clientOf: reads?.clientOf ?? (() => null) }))
    .route('/', ratings)
    .route('/', createContracts({ waits }))
    .route('/', createRequests({ waits }))
    .route('/', requestMoves)
    .route('/', createChanges({ streams: held }))
    .route('/', createArd({ referrals }))
    .route('/', ardExplore)
    .route('/', wellKnown)
    .route('/', createDocuments({ documentFor }))
    .route('/', health);
  app.route('/', createPages({ documentFor }));

  app.notFound((context) => {
    const allowed = allowedMethods(app.routes, context.req.path);
    if (allowed.length === 0) {
      return problemResponse(
        context,
        problem('route-not-found', 'Nothing is served here; /openapi.json lists what is.'),
      );
    }
    context.header('allow', allowed.join(', '));
    return problemResponse(
      context,
      problem(
        'method-not-allowed',
        `${context.req.method} is not taken here; expected ${allowed.filter((method) => method !== 'OPTIONS').join(' or ')}.`,
      ),
    );
  });

  app.onError((error, context) => {
    if (error instanceof HTTPException && error.status < 500) {
      return problemResponse(
        context,
        problem('invalid-body', 'The body is not JSON; expected a JSON object.'),
      );
    }
    if (isTooSlow(error)) {
      const detail = 'The database did not answer in time; expected a question that asks for less.';
      return problemResponse(context, { ...problem('query-too-slow', detail), retryAfterSeconds });
    }
    const id = String(context.get('requestId'));
    onError(error, id);
    return problemResponse(context, problem('internal', `The directory failed. The request id is ${id}.`));
  });
  // The same app, with the type of every route that programs use.
  return served;
}

/** Pages run nothing but the site's own script, and load nothing from elsewhere but images. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'", 'https:', 'data:'],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** After how long a question that took too long may be asked again. */
const retryAfterSeconds = 5;

/** The statement was ended by the time limit of the edge's role. */
function isTooSlow({ cause }: Error): boolean {
  const queryCanceled = '57014';
  return (cause as { code?: unknown } | undefined)?.code === queryCanceled;
}

function refusedForLength(context: AppContext): Response | null {
  if (context.req.url.length <= httpLimits.urlCharsMax) return null;
  const detail = `The address has more than ${httpLimits.urlCharsMax} characters; expected fewer, or POST /v1/listings/search.`;
  return problemResponse(context, problem('uri-too-long', detail));
}

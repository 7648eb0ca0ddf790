/** The pages that people see. They work without JavaScript, and load nothing from elsewhere but icons. */

import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isProblem, type Problem, problem, problems } from '../../market/problem.ts';
import { agentRatings, listingRatings } from '../../operations/ratings/show.ts';
import { showAgent, showListing } from '../../operations/show.ts';
import { addressOf } from '../address.ts';
import { createRouter } from '../context.ts';
import type { AppContext } from '../env.ts';
import type { OpenApiDocument } from '../openapi-document.ts';
import { problemResponse } from '../problem-response.ts';
import { agentPage } from './agent-page.ts';
import { ask } from './ask.ts';
import { assets } from './assets.ts';
import { contractPage } from './contract-page.ts';
import { docsPage } from './docs-page.ts';
import { formValues } from './form-values.ts';
import type { Html } from './html.ts';
import { listingPage } from './listing-page.ts';
import { isProblemCode, problemListPage, problemPage, refusalPage } from './problem-pages.ts';
import { noRatings } from './ratings-view.ts';
import { requestPage } from './request-page.ts';
import { searchPage } from './search-page.ts';

export type PagesOptions = {
  /** The document of the whole app, which the app alone can make; for a server at this origin. */
  documentFor: (origin: string) => object;
};

/** Of the ratings, so many stand on a page. */
const ratingsShown = { limit: 20, cursor: null };

/** Plain routes, so that the pages stay out of the OpenAPI document. */
export function createPages({ documentFor }: PagesOptions) {
  const pages = createRouter();

  pages.get('/', async (context) => {
    const found = await ask(context.var.deps, {
      text: context.req.query('q') ?? '',
      sort: context.req.query('sort') || null,
      cursor: context.req.query('cursor') || null,
    });
    return page(context, searchPage(found), statusOf(found.outcome));
  });

  pages.get('/listings/:id', async (context) => {
    const found = await showListing(context.var.deps, context.req.param('id'));
    if (isProblem(found)) return refusal(context, found);
    const { origin, searchParams } = addressOf(context);
    const said = await listingRatings(context.var.deps, found.listing.id, ratingsShown);
    const values = formValues(found.listing.inputs, searchParams);
    return page(context, listingPage(found, values, origin, isProblem(said) ? noRatings : said));
  });

  pages.get('/agents/:jid', async (context) => {
    const found = await showAgent(context.var.deps, context.req.param('jid'));
    if (isProblem(found)) return refusal(context, found);
    const of = (side: 'provider' | 'client') =>
      agentRatings(context.var.deps, found.agent.jid, side, ratingsShown);
    const [provider, client] = await Promise.all([of('provider'), of('client')]);
    const ratings = {
      provider: isProblem(provider) ? noRatings : provider,
      client: isProblem(client) ? noRatings : client,
    };
    return page(context, agentPage(found, ratings));
  });

  pages.get('/contracts/:id', (context) => {
    const { origin } = addressOf(context);
    return page(context, contractPage(context.req.param('id'), origin));
  });

  pages.get('/requests/:id', (context) => {
    const { origin } = new URL(context.req.url);
    return page(context, requestPage(context.req.param('id'), origin));
  });

  pages.get('/docs', (context) => {
    const { origin } = addressOf(context);
    return page(context, docsPage(documentFor(origin) as OpenApiDocument, origin));
  });

  pages.get('/problems', (context) => page(context, problemListPage()));

  pages.get('/problems/:code', (context) => {
    const code = context.req.param('code');
    if (isProblemCode(code)) return page(context, problemPage(code));
    return refusal(
      context,
      problem('route-not-found', 'No problem has this code; /problems lists them all.'),
    );
  });

  pages.get('/static/:file', (context) => {
    const asset = assets.find(({ path }) => path === context.req.path);
    if (!asset)
      return refusal(context, problem('route-not-found', 'No file has this name; load the page again.'));
    return context.body(asset.text, 200, { 'content-type': asset.type });
  });
  return pages;
}

function page(context: AppContext, content: Html, status: ContentfulStatusCode = 200) {
  return context.html(content, status);
}

/** Programs get the problem as JSON; people, whose browsers ask for HTML, a page. */
function refusal(context: AppContext, refused: Problem) {
  context.header('vary', 'Accept');
  const wanted = accepts(context, {
    header: 'Accept',
    supports: ['application/problem+json', 'application/json', 'text/html'],
    default: 'application/problem+json',
  });
  if (wanted !== 'text/html') return problemResponse(context, refused);
  return page(context, refusalPage(refused), statusOf(refused));
}

function statusOf(outcome: object): ContentfulStatusCode {
  return isProblem(outcome) ? problems[outcome.problem].status : 200;
}

/** Looks once at an agent or a domain, as the directory does, and prints what it finds and what can be mended. */
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { styleText } from 'node:util';
import { bareJid } from '../protocol/jid.ts';
import { Asker } from '../worker/ask.ts';
import { Pace, questionsPerAddressMax, questionsPerDomainMax } from '../worker/pace.ts';
import { mendLines } from './crawl/mend-list.ts';
import { type CrawlOptions, readOptions, usage } from './crawl/options.ts';
import { reportTree } from './crawl/report-tree.ts';
import { resourcesKnownTo } from './crawl/resources-known.ts';
import { type Report, survey, type Whereabouts } from './crawl/survey.ts';
import { plainStyle, type Style, treeLines } from './crawl/tree.ts';
import { openVisitor } from './crawl/visitor.ts';
import { StackError } from './stack/errors.ts';

function trust(file: string): void {
  let certificate: string;
  try {
    certificate = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StackError(`The certificate authority ${file} cannot be read.`, { cause });
  }
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate]);
}

async function lookOnce({ target, probe, subscribe, account, http }: CrawlOptions): Promise<Report> {
  const visitor = await openVisitor(account);
  try {
    const asker = new Asker(visitor.ask, new Pace(questionsPerDomainMax, questionsPerAddressMax));
    const whereabouts = async (jid: string): Promise<Whereabouts> => {
      const heard = await visitor.resourcesOf(jid, subscribe && jid === bareJid(target));
      if (heard.length > 0 || http === null) return { resources: heard, heard: true };
      return { resources: await resourcesKnownTo(http, jid), heard: false };
    };
    return await survey({ asker, own: visitor.jid, probe, whereabouts }, target);
  } finally {
    await visitor.close();
  }
}

function print(report: Report, isJson: boolean): void {
  if (isJson) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const coloured: Style = {
    strong: (text) => styleText('bold', text),
    quiet: (text) => styleText('dim', text),
  };
  const style = process.stdout.isTTY ? coloured : plainStyle;
  const lines = [...treeLines(reportTree(report), style), '', ...mendLines(report, style)];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<number> {
  // A pipe to head that has seen enough is no failure of the look.
  process.stdout.on('error', () => {});
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    if (!options) {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    if (options.ca) trust(options.ca);
    const report = await lookOnce(options);
    if (!report.reachable && !options.target.local) {
      throw new StackError(
        `${report.jid} does not answer: there is no such server, or it cannot be reached from here.`,
      );
    }
    print(report, options.json);
    return 0;
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();

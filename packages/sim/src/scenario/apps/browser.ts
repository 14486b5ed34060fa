import * as z from 'zod';
import { readUrl, us, type Process, type ProgramHost } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { count, prose } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { BrowserTab } from './browser-tab.ts';
import { step, type BrowserStep } from './browser-steps.ts';
import { hostsOf } from './client-session.ts';
import { isExpected } from './fetch-once.ts';

const settings = closed({
  visitor: prose.optional().describe("Who sits before it. Default: the host's name."),
  site: z
    .string()
    .refine((text) => 'host' in readUrl(text), 'expected a URL, e.g. http://shop/')
    .describe('Relative URLs are resolved against it.'),
  userAgent: z
    .string()
    .max(200)
    .regex(/^[ -~]+$/)
    .optional(),
  sameSiteDefault: z
    .enum(['Lax', 'None'])
    .optional()
    .describe('What a cookie without SameSite is taken for; None as before 2020. Default: Lax.'),
  repeat: count(1, 10_000).optional().describe('How often it does all of this. Default: 1.'),
  steps: z.array(step).min(1, 'expected at least one step').max(1_000),
});

/** A person with a browser: opens pages, sends forms, follows links; its cookies stay in its jar. */
export const browser = appKind({
  key: 'browser',
  about: 'Opens pages and sends forms as a person does, with a cookie jar of its own.',
  settings,
  needs: ({ site, steps }) => ({ peers: hostsOf(steps.flatMap((each) => urlsOf(site, each))) }),
  *run(host, given) {
    const { site, userAgent, sameSiteDefault, visitor = host.name } = given;
    const tab = new BrowserTab(host, { visitor, site, userAgent, sameSiteDefault });
    const start = host.now();
    for (let i = 0; i < (given.repeat ?? 1); i += 1) {
      for (const each of given.steps) {
        const moment = start + (each.at ?? 0);
        if (moment > host.now()) yield* host.sleep(us(moment - host.now()));
        yield* perform(host, tab, each);
      }
    }
    tab.close();
  },
});

function* perform(host: ProgramHost, tab: BrowserTab, each: BrowserStep): Process {
  try {
    yield* stepOf(tab, each);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const text = `${tab.visitor} sees that it failed: ${error.message}`;
    host.note({ layer: 'app', kind: 'failure', text, data: { error: error.message } });
  }
}

function* stepOf(tab: BrowserTab, each: BrowserStep): Process {
  switch (each.do) {
    case 'open':
      yield* tab.open(each.url, each.from);
      break;
    case 'submit':
      yield* tab.submit(each);
      break;
    case 'script':
      yield* tab.runScript(each.page, each.sends);
      break;
    case 'plant':
      tab.plant(each.cookie, each.value);
      break;
    case 'quit':
      tab.quit();
      break;
  }
}

function urlsOf(site: string, each: BrowserStep): readonly string[] {
  const urls: string[] = [];
  if (each.do === 'open' || each.do === 'submit') urls.push(absolute(site, each.url));
  if (each.do === 'submit' && each.page !== undefined) urls.push(absolute(site, each.page));
  if (each.do === 'script') urls.push(each.sends);
  return urls;
}

function absolute(site: string, url: string): string {
  return url.startsWith('/') ? `${site.replace(/\/$/, '')}${url}` : url;
}

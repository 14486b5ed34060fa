/** What a person with a browser does, as a scenario says it. */
import * as z from 'zod';
import { readUrl } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';

const when = {
  at: duration.optional().describe('Not before so long after the app has started.'),
};

/** A path on the site, or a whole URL. */
const place = z
  .string()
  .max(8_000)
  .refine((text) => text.startsWith('/') || 'host' in readUrl(text), {
    message: 'expected a path or a URL, e.g. /account or http://evil/',
  });

const foreign = z
  .string()
  .refine((text) => 'host' in readUrl(text), 'expected a URL, e.g. http://evil/')
  .optional()
  .describe('The page of another site that causes it. Default: the person, or a page of the site.');

const open = closed({ ...when, do: z.literal('open'), url: place, from: foreign });

const submit = closed({
  ...when,
  do: z.literal('submit'),
  url: place,
  form: z.record(z.string(), z.string()),
  page: place
    .optional()
    .describe('The page with the form: it is opened first, its hidden fields go along.'),
  from: foreign,
});

const script = closed({
  ...when,
  do: z.literal('script'),
  page: place.describe('The page into which an attacker has got his script.'),
  sends: z
    .string()
    .refine((text) => 'host' in readUrl(text), 'expected a URL')
    .describe('Where the script sends the cookies that it can read.'),
});

const plant = closed({
  ...when,
  do: z.literal('plant'),
  cookie: z.string().regex(/^[\w-]{1,64}$/, 'expected the name of a cookie'),
  value: z.string().regex(/^[\w-]{1,128}$/, 'expected letters, digits, - and _'),
});

const quit = closed({ ...when, do: z.literal('quit') });

/** open, submit, script (an attacker's, on a page), plant (a cookie, by whatever trick), quit (the browser). */
export const step = z.discriminatedUnion('do', [open, submit, script, plant, quit]);

export type BrowserStep = z.output<typeof step>;
export type SubmitStep = z.output<typeof submit>;

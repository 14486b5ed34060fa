import * as z from 'zod';
import { fetchShape } from '../apps/session-settings.ts';
import { nearestWord } from '../suggest.ts';
import { closed } from './closed.ts';
import { delay, loss } from './links.ts';
import { duration, queueLimit, rate, size } from './quantities.ts';
import { hostReference, name, port, prose } from './words.ts';

const when = { at: duration.describe('Not before this moment.') };
const onHost = { ...when, on: hostReference };
const onLink = {
  ...when,
  between: z.tuple([hostReference, hostReference]).describe('The two ends of the link.'),
  direction: z
    .enum(['both', 'forward', 'backward'])
    .optional()
    .describe('Forward is from the first to the second host here. Default: both.'),
};
const connection = name.describe('The name that connect or listen gave.');
const does = <Word extends string>(word: Word) => z.literal(word);

const connect = closed({
  ...onHost,
  do: does('connect'),
  to: hostReference,
  port,
  as: name.optional().describe("The name for later actions. Default: the host's name."),
  localPort: port.optional(),
  noDelay: z.boolean().optional().describe('Send small segments at once (Nagle off).'),
});
const listen = closed({
  ...onHost,
  do: does('listen'),
  port,
  as: name
    .optional()
    .describe("The name of the first accepted connection. Default: the host's name."),
});
const send = closed({
  ...onHost,
  do: does('send'),
  connection: connection.optional(),
  text: z.string().min(1).max(100_000).optional().describe('What to send, as UTF-8.'),
  size: size.refine((bytes) => bytes > 0, 'expected at least 1 B').optional(),
}).refine((action) => (action.text === undefined) !== (action.size === undefined), {
  message: 'send wants exactly one of text and size',
});
const receive = closed({
  ...onHost,
  do: does('receive'),
  connection: connection.optional(),
  size: size
    .refine((bytes) => bytes > 0, 'expected at least 1 B')
    .describe('So many bytes exactly.'),
});
const simple = <Word extends string>(word: Word) =>
  closed({ ...onHost, do: does(word), connection: connection.optional() });
const hostAction = <Word extends string>(word: Word) => closed({ ...onHost, do: does(word) });
const cut = closed({ ...onLink, do: does('cut') });
const heal = closed({ ...onLink, do: does('heal') });
const change = closed({
  ...onLink,
  do: does('set'),
  delay: delay.optional(),
  rate: rate.optional(),
  queue: queueLimit.optional(),
  loss: loss.optional(),
});
const release = closed({
  ...when,
  do: does('release'),
  hold: name.describe('The name of a hold fault.'),
});
const sessionName = name
  .optional()
  .describe(
    "The client session, made on first use; an app session of this name says how. Default: the host's name.",
  );
const fetch = closed({ ...onHost, do: does('fetch'), session: sessionName, ...fetchShape });
const sessionClose = closed({ ...onHost, do: does('session.close'), session: sessionName });
const remark = closed({ ...when, do: does('remark'), text: prose });

const actions = [
  connect,
  listen,
  send,
  receive,
  simple('receive-all'),
  simple('shutdown'),
  simple('close'),
  simple('abort'),
  hostAction('crash'),
  hostAction('restart'),
  hostAction('pause'),
  hostAction('resume'),
  cut,
  heal,
  change,
  release,
  fetch,
  sessionClose,
  remark,
] as const;

const ACTION_WORDS = [
  'connect',
  'listen',
  'send',
  'receive',
  'receive-all',
  'shutdown',
  'close',
  'abort',
  'crash',
  'restart',
  'pause',
  'resume',
  'cut',
  'heal',
  'set',
  'release',
  'fetch',
  'session.close',
  'remark',
];

export const action = z.discriminatedUnion('do', actions, {
  error: (issue) => {
    if (issue.code !== 'invalid_union') return undefined;
    const found = (issue.input as { do?: unknown } | undefined)?.do;
    if (found === undefined)
      return `the key "do" is missing; expected one of ${ACTION_WORDS.join(', ')}`;
    const nearest = typeof found === 'string' ? nearestWord(found, ACTION_WORDS) : undefined;
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    return `expected one of ${ACTION_WORDS.join(', ')}, found ${JSON.stringify(found)}.${hint}`;
  },
});

export const script = z
  .array(action)
  .max(10_000, 'expected at most 10,000 actions')
  .meta({
    description:
      'What hosts and links do, and when. Actions of one connection happen one after the other.',
    examples: [
      [
        { at: '0ms', on: 'client', do: 'connect', to: 'server', port: 80 },
        { at: '0ms', on: 'client', do: 'send', text: 'hello' },
        { at: '1s', on: 'client', do: 'close' },
      ],
    ],
  });

export type Action = z.output<typeof action>;

import { failedPrecondition, HttpHeaders, route } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { asking, world } from './world.ts';

const BEFORE = 'Sun, 06 Nov 1994 08:49:36 GMT';
const CHANGED = 'Sun, 06 Nov 1994 08:49:37 GMT';
const AFTER = 'Sunday, 06-Nov-94 08:49:38 GMT';

const routes = [
  route('GET /both', () => ({
    headers: {
      ETag: '"v2"',
      'Last-Modified': CHANGED,
      'Cache-Control': 'no-cache',
      'Content-Language': 'en',
    },
    body: 'news',
  })),
  route('GET /dated', () => ({ headers: { 'Last-Modified': CHANGED }, body: 'news' })),
  route('GET /plain', () => ({ body: 'news' })),
  route('GET /moved', () => ({ status: 302, headers: { Location: '/both', ETag: '"v2"' } })),
];

function ask(target: string, ...fields: string[]): string {
  return world({ routes }).say(asking(`GET ${target}`, [...fields, 'Connection: close']));
}

function status(target: string, ...fields: string[]): number {
  return Number(ask(target, ...fields).slice(9, 12));
}

describe('a GET with conditions', () => {
  test.each<readonly [fields: string[], status: number]>([
    [['If-None-Match: "v2"'], 304],
    [['If-None-Match: W/"v2"'], 304],
    [['If-None-Match: "v1", "v2"'], 304],
    [['If-None-Match: "v1"', 'If-None-Match: "v2"'], 304],
    [['If-None-Match: *'], 304],
    [['If-None-Match: "v1"'], 200],
    [['If-None-Match: "a,\\", "v2"'], 304],
    [['If-None-Match: v2'], 200],
    [[`If-Modified-Since: ${CHANGED}`], 304],
    [[`If-Modified-Since: ${AFTER}`], 304],
    [[`If-Modified-Since: ${BEFORE}`], 200],
    [['If-Modified-Since: yesterday'], 200],
    // The tag is more exact: with it the date does not count.
    [['If-None-Match: "v1"', `If-Modified-Since: ${AFTER}`], 200],
    [['If-Match: "v2"'], 200],
    [['If-Match: *'], 200],
    [['If-Match: "v1"'], 412],
    [['If-Match: W/"v2"'], 412],
    [[`If-Unmodified-Since: ${CHANGED}`], 200],
    [[`If-Unmodified-Since: ${BEFORE}`], 412],
    [['If-Match: "v2"', `If-Unmodified-Since: ${BEFORE}`], 200],
    [['If-Match: "v2"', 'If-None-Match: "v2"'], 304],
    [['If-Match: "v1"', 'If-None-Match: "v2"'], 412],
  ])('H-V01, H-V02: %j gets %i', (fields, expected) => {
    expect(status('/both', ...fields)).toBe(expected);
  });

  test('H-V02: 304 has what a cache must know, and nothing that describes the content', () => {
    const answer = ask('/both', 'If-None-Match: "v2"');
    expect(answer).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n[^]*\r\n\r\n$/);
    expect(answer).toContain('\r\nETag: "v2"\r\n');
    expect(answer).toContain('\r\nCache-Control: no-cache\r\n');
    expect(answer).toContain('\r\nDate: ');
    expect(answer).not.toMatch(/\r\n(?:Content-|Last-Modified)/);
    expect(ask('/dated', `If-Modified-Since: ${CHANGED}`)).toContain(`Last-Modified: ${CHANGED}`);
  });

  test('is judged by what the resource has: without a date no date counts, without a tag no tag fits', () => {
    expect(status('/plain', `If-Modified-Since: ${AFTER}`)).toBe(200);
    expect(status('/plain', `If-Unmodified-Since: ${BEFORE}`)).toBe(200);
    expect(status('/plain', 'If-None-Match: "v2"')).toBe(200);
    expect(status('/plain', 'If-Match: "v2"')).toBe(412);
  });

  test('does not hide what fails, or leads elsewhere, by itself', () => {
    expect(status('/moved', 'If-None-Match: "v2"')).toBe(302);
    expect(status('/nowhere', 'If-Match: "v1"')).toBe(404);
  });

  test('names its rule in the trace', () => {
    const { say, net } = world({ routes });
    say(asking('GET /both', ['If-Match: "v1"', 'Connection: close']));
    const response = net.notes.find((note) => note.kind === 'response');
    expect(response?.cause?.rule.id).toBe('H-V01');
  });
});

describe('a handler that changes something asks itself', () => {
  const put = (field: string, value: string, etag: string | undefined): number | undefined => {
    const request = { method: 'PUT', headers: HttpHeaders.from({ [field]: value }) };
    return failedPrecondition(request, etag === undefined ? undefined : { etag })?.status;
  };

  test('H-V01: only what is as the client knows it is overwritten', () => {
    expect(put('If-Match', '"v1"', '"v1"')).toBeUndefined();
    expect(put('If-Match', '"v1"', '"v2"')).toBe(412);
    expect(put('If-Match', '*', undefined)).toBe(412);
    expect(put('If-Match', '*', '"v1"')).toBeUndefined();
  });

  test('H-V02: only what is not there is made; and a date is for reading', () => {
    expect(put('If-None-Match', '*', undefined)).toBeUndefined();
    expect(put('If-None-Match', '*', '"v1"')).toBe(412);
    const headers = HttpHeaders.from({ 'If-Modified-Since': AFTER });
    expect(
      failedPrecondition({ method: 'PUT', headers }, { lastModified: CHANGED }),
    ).toBeUndefined();
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HandMadeTrace } from '../../../../test/support/hand-made-trace.ts';
import { bulkRun, lostSynAckRun } from '../../../../test/support/sample-runs.ts';
import {
  CSV_HEADER,
  describeRecord,
  toCsv,
  toHtml,
  toJson,
  toMermaidSequence,
} from '../../src/export/index.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from '../../src/export/html-page.ts';

describe('comma-separated values', () => {
  /** Rows of cells, read by the grammar of RFC 4180. */
  function cells(text: string): readonly (readonly string[])[] {
    return text
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => {
        const row: string[] = [];
        for (const [, quoted, bare] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)) {
          row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
        }
        return row;
      });
  }

  test('each record is a row with as many cells as there are columns', () => {
    const { records } = lostSynAckRun();
    const [head, ...rows] = cells(toCsv(records));
    expect(rows).toHaveLength(records.length);
    for (const row of rows) expect(row).toHaveLength(head!.length);
    const lost = rows.find((row) => row[2] === 'lost')!;
    expect(lost.at(-1)).toBe('The scenario drops the first SYN-ACK.');
    expect(toCsv([])).toBe(CSV_HEADER);
  });

  test('commas and quotation marks stay in their cell, formulas stay text', () => {
    const run = new HandMadeTrace('csv');
    run.note(0, '=1+1', 'http', 'x', 'a, "b"');
    const [, row] = cells(toCsv(run.build().records));
    expect(row![3]).toBe("'=1+1");
    expect(row!.at(-1)).toBe('a, "b"');
  });
});

test('JSON: one document with everything', () => {
  const { header, records, footer } = lostSynAckRun();
  expect(JSON.parse(toJson(header, records, footer))).toEqual(
    JSON.parse(JSON.stringify({ header, records, footer })),
  );
  expect(JSON.parse(toJson(header, []))).toEqual({ header, records: [], footer: null });
});

describe('Mermaid', () => {
  test('the sequence diagram of a run', async () => {
    const { header, records } = lostSynAckRun();
    await expect(toMermaidSequence(header, records)).toMatchFileSnapshot('golden/lost-syn-ack.mmd');
  });

  test('long runs are folded', () => {
    const { header, records } = bulkRun(200);
    expect(toMermaidSequence(header, records).split('\n').length).toBeLessThan(60);
  });
});

describe('the HTML file', () => {
  const { header, records, footer } = lostSynAckRun();
  const page = toHtml(header, records, { footer });

  test('no other script than its own may run, and nothing is loaded', () => {
    const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
    expect(PAGE_SCRIPT_HASH).toBe(`sha256-${hash}`);
    expect(page).toContain(`script-src '${PAGE_SCRIPT_HASH}'`);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain(`<script>${PAGE_SCRIPT}</script>`);
    // oxlint-disable-next-line no-new-func -- only compiled, to see that a browser can
    expect(() => new Function(PAGE_SCRIPT)).not.toThrow();
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:\/\/|\ssrc=|\shref=|\son[a-z]+=/,
    );
  });

  test('each event has its row, its reason and its rule; packets lead to their rows', () => {
    expect(page.match(/data-event="/g)).toHaveLength(records.length);
    expect(page).toContain('data-why="The retransmission timer fired. [T-002]"');
    const events = new Set([...page.matchAll(/data-event="(\d+)"/g)].map(([, id]) => id));
    const drawn = [...page.matchAll(/data-record="(\d+)"/g)].map(([, id]) => id);
    expect(drawn.length).toBeGreaterThan(10);
    for (const id of drawn) expect(events.has(id)).toBe(true);
  });

  test('names and sentences from anywhere stay text', () => {
    const run = new HandMadeTrace('</title><script>alert(1)</script>');
    run.note(0, '<img src=x>', 'http', 'x', '"><script>alert(2)</script>');
    const evil = run.build();
    const html = toHtml(evil.header, evil.records);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
  });
});

test('every kind of record can be said in one line', () => {
  for (const record of lostSynAckRun().records) {
    expect(describeRecord(record)).toMatch(/^\S.*\S$/);
    expect(describeRecord(record)).not.toContain('undefined');
  }
});

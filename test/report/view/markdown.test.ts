import { describe, expect, it } from 'vitest';
import { cellCode, code, details, fence, link, prose } from '../../../src/report/view/markdown.ts';
import { active, hostile, partsOf, seeded } from './inert.ts';

const titled = hostile.map((text) => [JSON.stringify(text).slice(0, 60), text] as const);

/** What turns, hides or controls; a tab and a line's end are none of it. */
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}]/u;

/** Nothing of a text does anything: all of it is in code, or words that are plain. */
function expectInert(markdown: string, blocks: readonly string[]): void {
  const parts = partsOf(markdown);
  expect(parts.blocks).toEqual(blocks);
  expect([...parts.links, ...parts.images, ...parts.html]).toEqual([]);
  for (const words of parts.words) for (const one of active) expect(words).not.toMatch(one);
  expect(markdown).not.toMatch(unseen);
  expect(markdown.isWellFormed()).toBe(true);
}

const isBlank = (text: string) => code(text) === '';

describe('a code span', () => {
  it.each(titled)('holds all of %s', (_, text) => {
    const span = code(text);
    if (isBlank(text)) return;
    expectInert(`x ${span} y`, ['paragraph']);
    expect(partsOf(`x ${span} y`).codes).toHaveLength(1);
  });

  it.each([
    ['web:8', '`web:8`'],
    ['a `b` c', '``a `b` c``'],
    ['`', '`` ` ``'],
    [' two\n lines ', '`two lines`'],
    ['', ''],
    ['\u0000', ''],
  ])('%j is %j', (text, span) => {
    expect(code(text)).toBe(span);
  });

  it('is cut where a text is longer than any name or sentence', () => {
    expect(code('x'.repeat(100_000)).length).toBeLessThan(5_000);
    expect(code('x'.repeat(2_048))).toHaveLength(2_050);
  });
});

describe('a code span in a cell', () => {
  it.each(titled)('leaves the table as it is: %s', (_, text) => {
    const table = `| a | b |\n| --- | --- |\n| ${cellCode(text)} | end |\n`;
    expectInert(table, ['table']);
    const parts = partsOf(table);
    expect(parts.words).toEqual(['a', 'b', 'end']);
    expect(parts.codes).toHaveLength(isBlank(text) ? 0 : 1);
  });

  it('every bar is escaped by an odd number of backslashes, as GitHub counts them', () => {
    for (let slashes = 0; slashes < 6; slashes++) {
      const [, found = ''] = /(\\*)\|/.exec(cellCode(`${'\\'.repeat(slashes)}|<b>`)) ?? [];
      expect(found.length % 2).toBe(1);
    }
    expect(cellCode('a|b')).toBe('`a\\|b`');
  });
});

describe('a fenced block', () => {
  it.each(titled)('holds all of %s', (_, text) => {
    const block = fence(text, 'text');
    expectInert(`x\n\n${block}\n\ny`, ['paragraph', 'code', 'paragraph']);
  });

  it('keeps lines, indentation and tabs', () => {
    expect(fence('{\n  "a": 1\r\n\tb\n}\n\n', 'json')).toBe('```json\n{\n  "a": 1\n\tb\n}\n```');
  });

  it('bears a log of a million backticks', () => {
    expect(fence('` '.repeat(1_000_000))).toMatch(/^```\n/);
  });
});

describe('prose', () => {
  it.each(titled)('does nothing but say %s', (_, text) => {
    for (const markdown of [prose(text), prose(text, ['web', 'evil.example', text])]) {
      if (markdown !== '') expectInert(`${markdown}`, ['paragraph']);
      const inList = partsOf(`- ${markdown}\n- y`);
      expect(inList.blocks).toEqual(['list']);
    }
  });

  it.each([
    ['2 of 4 tasks ran for 7s, e.g. at 12:30.', '2 of 4 tasks ran for 7s, e.g. at 12:30.'],
    ['The role web-execution may not read it.', 'The role web-execution may not read it.'],
    ['Read /web/prod, then (web:8).', 'Read `/web/prod`, then (`web:8`).'],
    ['It says `docker login`.', 'It says ``` `docker ``` ``` login` ```.'],
    ['It says `web`.', 'It says `web`.'],
    ['1. item', 'No. 1. item'],
  ])('%j is %j', (text, markdown) => {
    const words = (one: string) => one.replaceAll(/`+ ?| ?`+/g, '`');
    expect(words(prose(text))).toBe(words(markdown));
  });

  it('sets names in code', () => {
    expect(prose('The role web may not do web:x.', ['web'])).toBe(
      'The role `web` may not do `web:x`.',
    );
  });

  it.each<[string, string[]]>([
    ['web`<b>x', ['web']],
    ['`web`<b>`', ['web']],
    ['#web#<img/src=x>`', ['web', 'x']],
    ['[web](http://evil.example)', ['web']],
    ['``web```<b>````', ['web', '<b>']],
    ['<web>', ['web']],
  ])('a name beside other code does not end it: %j', (text, names) => {
    expectInert(prose(text, names), ['paragraph']);
  });

  it('is done at once also where a text was made to take long', () => {
    // Its cost grew with the square of the length: seconds for each of these.
    for (const text of ['!'.repeat(100_000), '('.repeat(100_000), '.x'.repeat(50_000)]) {
      expect(prose(`${text}-`).length).toBeLessThan(5_000);
    }
  });
});

describe('a link', () => {
  it.each(titled)('has one destination and one line, whatever its label: %s', (_, text) => {
    const parts = partsOf(`x ${link(text, 'https://a.example/x')} y`);
    expect(parts.blocks).toEqual(['paragraph']);
    expect(parts.links).toEqual(['https://a.example/x']);
    expect([...parts.images, ...parts.html]).toEqual([]);
  });

  it.each([
    'https://a.example/x)y',
    'https://a.example/(x)',
    'https://a.example/<b>',
    'https://a.example/a b"c\'d',
    'https://a.example/`x`',
    'https://a.example/a|b\\c[d]',
    'https://a.example/?q=)![x](http://evil.example)',
    'https://a.example/#)x',
  ])('keeps the destination %s in one piece', (url) => {
    const { links, images, html, words } = partsOf(`${link('x', url)} end`);
    expect(links).toHaveLength(1);
    expect(links[0]).toMatch(/^https:\/\/a\.example\//);
    expect([...images, ...html]).toEqual([]);
    expect(words).toEqual([' end']);
  });
});

describe('what is folded away', () => {
  it.each(titled)('ends where it should, whatever is in it: %s', (_, text) => {
    const body = [fence(text), prose(text), `- ${prose(text)}`, code(text)].join('\n\n');
    const { html } = partsOf(`${details('Title', body)}\n\nafter`);
    expect(html.map((tag) => tag.replace(/\s+/g, ' '))).toEqual([
      '<details><summary>Title</summary>',
      '</details>',
    ]);
  });
});

it('no random mixture of it does anything', () => {
  const random = seeded(20_260_101);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const short = hostile.filter(({ length }) => length < 100);
  const bits = [...short, ...'`|\\<>[]()!*_~#@$:&-+.\n\t "\'', 'web', 'word', ' ', '``', '\n\n'];
  for (let count = 0; count < 3_000; count++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 12) }, () => pick(bits)).join('');
    const names = [pick(bits), pick(bits), 'web'];
    const all = prose(text, names);
    if (all !== '') expectInert(all, ['paragraph']);
    const span = code(text);
    if (span !== '') expect(partsOf(`x ${span} y`)).toMatchObject({ html: [], links: [] });
    expectInert(`x\n\n${fence(text)}\n\ny`, ['paragraph', 'code', 'paragraph']);
    const table = `| a | b |\n| --- | --- |\n| ${cellCode(text)} | end |\n`;
    expect(partsOf(table).words).toEqual(['a', 'b', 'end']);
  }
});

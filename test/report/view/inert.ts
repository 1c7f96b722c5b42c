import { marked, type Token, type Tokens } from 'marked';

/** What Markdown is made of as GitHub reads it, as far as it does something. */
export interface Parts {
  /** Where links lead and images come from. */
  readonly links: string[];
  readonly images: string[];
  /** Tags and comments, in the order in which they stand. */
  readonly html: string[];
  /** All text outside of code, a line each. */
  readonly words: string[];
  /** All that stands in code. */
  readonly codes: string[];
  /** Kinds of the blocks at the top, in their order. */
  readonly blocks: string[];
}

export function partsOf(markdown: string): Parts {
  const parts: Parts = { links: [], images: [], html: [], words: [], codes: [], blocks: [] };
  const tokens = marked.lexer(markdown, { gfm: true });
  parts.blocks.push(...tokens.map(({ type }) => type).filter((type) => type !== 'space'));
  walk(tokens, parts);
  return parts;
}

function walk(tokens: readonly Token[], parts: Parts): void {
  for (const token of tokens) {
    if (token.type === 'link') parts.links.push((token as Tokens.Link).href);
    if (token.type === 'image') parts.images.push((token as Tokens.Image).href);
    if (token.type === 'html') parts.html.push(token.raw.trim());
    if (token.type === 'code' || token.type === 'codespan') parts.codes.push(token.text);
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [...header, ...rows.flat()]) walk(cell.tokens, parts);
      continue;
    }
    if (token.type === 'list') walk((token as Tokens.List).items, parts);
    else if ('tokens' in token && token.tokens && token.type !== 'link') walk(token.tokens, parts);
    else if (token.type === 'text') parts.words.push(token.text);
  }
}

/** What GitHub makes something of in plain text: mentions, references, commits, math, emoji, URLs. */
export const active = [
  /@[a-z\d]/i,
  /#\d/,
  /\bGH-\d/i,
  /\b[\da-f]{7,40}\b/i,
  /\$\S/,
  /:[a-z_]+:/,
  /:\/\/|\bwww\./,
  /[<>]/,
  /\[\^/,
  /##\[/,
];

/** Texts as a stranger may have written them into AWS, a log or a branch. */
export const hostile: readonly string[] = [
  '**bold** _it_ ~~gone~~',
  '# heading',
  '> quote',
  '- item',
  '+ item',
  '1. item',
  '12) item',
  '---',
  '===',
  '</details>',
  '</summary><h1>x</h1>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- ecs-rollout x -->',
  '-->',
  '&lt;b&gt; &#60;b&#62;',
  '`',
  '``',
  '` x ` <b> `` y',
  '```',
  '```\n</details>\n```',
  '~~~\nx',
  '`a` `b`<i>`c`',
  '@octocat',
  '(@octocat)',
  '"@octocat",',
  '@example/team',
  'mail@example.com',
  '![x](http://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '[x]: http://evil.example',
  '[x][y] [^1]',
  '![',
  '](http://evil.example)',
  'https://evil.example',
  '<https://evil.example>',
  'www.evil.example',
  'http://evil.example/`<b>',
  '#1',
  'GH-1',
  'example/shop#1',
  'deadbeef',
  'deadbeef(s)',
  'deadbeef---',
  'c0ffee1111111111111111111111111111111111',
  '::error::no',
  '##[error]no',
  '##vso[task.complete]',
  '\u001b[31mred\u001b[0m',
  '\u202eevil\u202c \u2066x\u2069 \u061c \u00ad \u{e0041}',
  'a|b',
  'a\\|b',
  '\\',
  'a\\',
  '\\|<b>|',
  '|---|---|',
  '$x$',
  '$$x$$',
  '$`x`$',
  ':tada:',
  'a\tb',
  '\tindented',
  '    indented',
  'a\r\n\r\n# b\r\n',
  'a\n\n<b>\n',
  'a\u2028# b\u0085# c',
  '\u0000\u0000',
  'x'.repeat(100_000),
  '`'.repeat(100_000),
  `${'!'.repeat(100_000)}x`,
  '` '.repeat(50_000),
  '\ud83d',
  '🚀 ok',
  '',
  ' ',
];

/** The same numbers each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

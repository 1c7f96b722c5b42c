/**
 * `npm run screenshots`: takes the pictures of docs/images/ from the page that `npm run demo` has
 * written, in a real browser, light and dark. The browser is CHROMIUM, or Debian's.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const page = join(root, 'demo/index.html');
const images = join(root, 'docs/images');
if (!existsSync(page))
  throw new Error('There is no demo/index.html yet: run `npm run demo` first.');
mkdirSync(images, { recursive: true });

/** What is shown, by the id of its section; `open` unfolds what is folded away. */
const shots = [
  { id: 'rolled-back', width: 820 },
  { id: 'rolled-back-running', width: 820 },
  { id: 'refused', width: 820 },
  { id: 'succeeded', width: 820 },
  { id: 'succeeded-summary', width: 820, open: true },
  { id: 'rolled-back-phone', section: 'rolled-back', width: 390 },
] as const;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
for (const colorScheme of ['light', 'dark'] as const) {
  for (const { id, width, ...shot } of shots) {
    const context = await browser.newContext({
      ...{ colorScheme, viewport: { width, height: 900 }, deviceScaleFactor: 1.5 },
    });
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(page).href);
    // Mermaid marks each chart that it has drawn.
    await tab.locator('.mermaid:not([data-processed])').first().waitFor({ state: 'detached' });
    const frame = tab.locator(`#${'section' in shot ? shot.section : id} .frame`);
    if ('open' in shot) {
      for (const folded of await frame.locator('details').all()) {
        await folded.evaluate((element) => element.setAttribute('open', ''));
      }
    }
    await frame.screenshot({ path: join(images, `${id}-${colorScheme}.png`) });
    await context.close();
  }
}
await browser.close();

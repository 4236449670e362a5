// What a feed parser from npm finds in a feed. Usage: node read.mjs PARSER FOLDER < feed
// FOLDER holds node_modules. Prints a JSON list of {guid, link, title, published, body}, in the order of the feed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [parser, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(folder, 'x.js')));
const text = readFileSync(0, 'utf8');

const readers = {
  async feedsmith() {
    const { parseFeed } = await import(pathToFileURL(require.resolve('feedsmith')));
    const { format, feed } = parseFeed(text);
    const alternate = (entry) => entry.links.find((link) => (link.rel ?? 'alternate') === 'alternate');
    const forms = {
      rss: () =>
        feed.items.map((item) => ({
          guid: item.guid?.value,
          link: item.link,
          title: item.title,
          published: item.pubDate,
          body: item.content?.encoded,
        })),
      atom: () =>
        feed.entries.map((entry) => ({
          guid: entry.id,
          link: alternate(entry)?.href,
          title: entry.title?.value ?? entry.title,
          published: entry.published,
          body: entry.content?.value ?? entry.content,
        })),
      json: () =>
        feed.items.map((item) => ({
          guid: item.id,
          link: item.url,
          title: item.title,
          published: item.date_published,
          body: item.content_html,
        })),
    };
    return forms[format]();
  },

  async 'rss-parser'() {
    const Parser = require('rss-parser');
    const feed = await new Parser().parseString(text);
    return feed.items.map((item) => ({
      guid: item.guid ?? item.id,
      link: item.link,
      title: item.title,
      published: item.isoDate,
      body: item['content:encoded'] ?? item.content,
    }));
  },

  async '@rowanmanning/feed-parser'() {
    const { parseFeed } = require('@rowanmanning/feed-parser');
    return parseFeed(text).items.map((item) => ({
      guid: item.id,
      link: item.url,
      title: item.title,
      published: item.published,
      body: item.content,
    }));
  },
};

process.stdout.write(JSON.stringify(await readers[parser]()));

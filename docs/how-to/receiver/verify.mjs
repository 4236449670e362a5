// Is this webhook from Tornavoz? Returns the event; throws when the signature is not ours or is older than five minutes.
import { createHmac, timingSafeEqual } from 'node:crypto';

// `headers` with lower-case names, as Node has them; `body` a Buffer as it came, before any JSON middleware.
export function verified(secret, headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= 300)) {
    throw new Error('the webhook is too old, or the clock of this machine is wrong');
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  const given = signatures.split(' ').map((each) => Buffer.from(each.replace(/^v1,/, ''), 'base64'));
  if (!given.some((each) => each.length === wanted.length && timingSafeEqual(each, wanted))) {
    throw new Error('the webhook is not signed by Tornavoz');
  }
  return JSON.parse(body);
}

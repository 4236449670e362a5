<?php
// Is this webhook from Tornavoz? Returns the event; throws when the signature is not ours or is older than five minutes.
// $headers with lower-case names; $body as it came: file_get_contents('php://input').
function verified(string $secret, array $headers, string $body): array {
    [$id, $at] = [$headers['webhook-id'], $headers['webhook-timestamp']];
    if (abs(time() - (int) $at) > 300) {
        throw new UnexpectedValueException('the webhook is too old, or the clock of this machine is wrong');
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
    foreach (explode(' ', $headers['webhook-signature']) as $given) {  // two while a secret changes
        if (hash_equals($wanted, $given)) {
            return json_decode($body, true, 16, JSON_THROW_ON_ERROR);
        }
    }
    throw new UnexpectedValueException('the webhook is not signed by Tornavoz');
}

<?php
// A WebSub callback: confirms your own subscription and no other, and keeps each document that Tornavoz signed.
const TOPIC = 'https://tornavoz.example/feeds/es/all/atom.xml';  // exactly as the feed's rel="self" says it
const SECRET = 'make one up, longer than this';
const STAY = true;  // false when you leave: then unsubscribing is confirmed
const KEEP = '/var/lib/your-site/tornavoz.xml';  // where your web server serves nothing

header('Content-Type: text/plain');
if ($_SERVER['REQUEST_METHOD'] === 'GET') {  // do you want this? PHP reads hub.mode as hub_mode
    $wanted = ($_GET['hub_mode'] ?? '') === (STAY ? 'subscribe' : 'unsubscribe') && ($_GET['hub_topic'] ?? '') === TOPIC;
    http_response_code($wanted ? 200 : 404);
    echo $wanted ? $_GET['hub_challenge'] : '';
    exit;
}
$body = file_get_contents('php://input');
$wanted = 'sha256=' . hash_hmac('sha256', $body, SECRET);
if (hash_equals($wanted, $_SERVER['HTTP_X_HUB_SIGNATURE'] ?? '')) {
    file_put_contents(KEEP, $body, LOCK_EX);  // the whole feed; take it in afterwards, in a job of your own
}
http_response_code(202);  // the same to everybody: a wrong signature is told nothing

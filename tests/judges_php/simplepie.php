<?php
// What WordPress's own feed reader finds in a feed, without a WordPress: SimplePie as the package brings it, and KSES,
// which cuts a body down to what WordPress lets an author write. Usage: php simplepie.php WP-INCLUDES < feed
// Prints a JSON list of {guid, link, title, published, body}.
error_reporting(E_ERROR);
define('ABSPATH', dirname($argv[1]) . '/');
define('WPINC', 'wp-includes');
foreach (['plugin', 'class-wp-list-util', 'functions', 'formatting', 'kses', 'class-simplepie'] as $file) {
    require ABSPATH . WPINC . "/$file.php";
}
function is_utf8_charset() { return true; }

$feed = new SimplePie();
$feed->enable_cache(false);
$feed->set_raw_data(stream_get_contents(STDIN));
if (!$feed->init()) {
    fwrite(STDERR, $feed->error());
    exit(1);
}
$found = [];
foreach ($feed->get_items() as $item) {
    $found[] = [
        'guid' => $item->get_id(),
        'link' => $item->get_permalink(),
        'title' => $item->get_title(),
        'published' => $item->get_gmdate('Y-m-d\TH:i:s+00:00'),
        'body' => wp_kses_post($item->get_content(true)),
    ];
}
echo json_encode($found, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);

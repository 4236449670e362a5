<?php
/**
 * Plugin Name: Tornavoz import
 * Description: Imports a Tornavoz feed: each article once, corrections into the same post, withdrawn articles deleted.
 *
 * Put this file into wp-content/plugins, and into wp-config.php, above "That's all, stop editing!":
 *     define('TORNAVOZ_FEED', 'https://…/rss.xml');   // the address you were given
 *     define('TORNAVOZ_SECRET', 'whsec_…');           // only if you want webhooks, at /?rest_route=/tornavoz/v1/hook
 */

// WordPress keeps a feed for 12 hours. Corrections and withdrawals cannot wait that long; a webhook cannot wait at all,
// and 0 would still answer from the store within the same second.
add_filter('wp_feed_cache_transient_lifetime', function ($seconds, $url) {
    return $url === TORNAVOZ_FEED ? (did_action('tornavoz_now') ? -1 : 300) : $seconds;
}, 10, 2);

add_filter('cron_schedules', fn ($all) => $all + ['tornavoz' => ['interval' => 300, 'display' => 'Tornavoz']]);
add_action('tornavoz_import', 'tornavoz_import');
add_action('init', function () {
    if (!wp_next_scheduled('tornavoz_import')) {
        wp_schedule_event(time(), 'tornavoz', 'tornavoz_import');
    }
});

/** Read the feed and bring the posts in line with it. */
function tornavoz_import() {
    require_once ABSPATH . WPINC . '/feed.php';
    $feed = fetch_feed(TORNAVOZ_FEED);
    if (is_wp_error($feed)) {
        error_log('tornavoz: ' . $feed->get_error_message());
        return;
    }
    foreach (array_reverse($feed->get_items()) as $item) {
        tornavoz_take($item->get_id(), $item->get_title(), $item->get_content(), $item->get_gmdate('Y-m-d H:i:s'));
    }
}

/** One entry. The guid is kept beside the post, because WordPress empties a post's own guid when it is no web address. */
function tornavoz_take($guid, $title, $content, $published) {
    $known = tornavoz_post($guid);
    if (str_contains($content, 'credit-withdrawn')) {  // the publisher took it back: the text has to go, drafts included
        if ($known) {
            wp_delete_post($known, true);
        }
        return;
    }
    $print = md5($title . $content);
    if ($known && get_post_meta($known, '_tornavoz_print', true) === $print) {
        return;
    }
    $post = [
        'post_title' => $title,
        'post_content' => $content,  // with the credit in it: do not cut it off
        'meta_input' => ['_tornavoz_guid' => $guid, '_tornavoz_print' => $print],
    ];
    if ($known) {
        wp_update_post(wp_slash(['ID' => $known] + $post));
    } else {
        $when = ['post_date_gmt' => $published, 'post_date' => get_date_from_gmt($published)];
        wp_insert_post(wp_slash($post + $when + ['post_status' => 'publish']));
    }
}

/** The post that an article became, or null; in the trash too, so that what you threw away does not come back. */
function tornavoz_post($guid) {
    $states = ['publish', 'future', 'draft', 'pending', 'private', 'trash'];
    $query = ['post_type' => 'post', 'post_status' => $states, 'meta_key' => '_tornavoz_guid', 'meta_value' => $guid];
    return get_posts($query + ['fields' => 'ids', 'numberposts' => 1])[0] ?? null;
}

// Webhooks: told at once. The answer says what became of the article, and on which page the credit can be seen.
add_action('rest_api_init', function () {
    $open = ['methods' => 'POST', 'permission_callback' => '__return_true', 'callback' => 'tornavoz_hook'];
    register_rest_route('tornavoz/v1', '/hook', $open);
});

function tornavoz_hook(WP_REST_Request $request) {
    if (!defined('TORNAVOZ_SECRET') || !tornavoz_signed($request, TORNAVOZ_SECRET)) {
        return new WP_REST_Response(['error' => 'signature'], 401);
    }
    do_action('tornavoz_now');
    tornavoz_import();
    $event = $request->get_json_params();
    $post = tornavoz_post($event['data']['guid'] ?? '');
    if (!$post) {
        return $event['type'] === 'release.withdrawn' ? ['receipt' => 'removed'] : [];
    }
    return ['receipt' => 'acknowledged'] + (get_post_status($post) === 'publish' ? ['url' => get_permalink($post)] : []);
}

/** Standard Webhooks: base64 of HMAC-SHA256 over "id.timestamp.body", not older than five minutes. */
function tornavoz_signed(WP_REST_Request $request, $secret) {
    [$id, $time] = [$request->get_header('webhook-id'), $request->get_header('webhook-timestamp')];
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time." . $request->get_body(), $key, true));
    $given = explode(' ', (string) $request->get_header('webhook-signature'));
    return abs(time() - (int) $time) < 300 && array_filter($given, fn ($each) => hash_equals($wanted, $each));
}

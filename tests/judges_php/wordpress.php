<?php
// A WordPress of the tests: the Debian package on a database of its own, with the plugin of docs/how-to/receiver.
// Usage: php wordpress.php VERB SETTINGS-AS-JSON. Prints JSON.
[, $verb, $given] = $argv;
$given = json_decode($given, true, 16, JSON_THROW_ON_ERROR);
error_reporting(E_ERROR | E_PARSE);
$_SERVER += [
    'HTTP_HOST' => 'faro.example', 'SERVER_NAME' => 'faro.example', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
    'SERVER_PROTOCOL' => 'HTTP/1.1',
];
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . $given['socket']);
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('ABSPATH', '/usr/share/wordpress/');
define('WP_CONTENT_DIR', $given['content']);
define('WP_HOME', 'https://faro.example');
define('WP_SITEURL', 'https://faro.example');
define('DISABLE_WP_CRON', true);
define('TORNAVOZ_FEED', $given['feed'] ?? '');
define('TORNAVOZ_SECRET', $given['secret'] ?? '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", 'only-for-tests');
    define("{$name}_SALT", 'only-for-tests');
}
$table_prefix = 'wp_';
if ($verb === 'install') {
    define('WP_INSTALLING', true);
    (new mysqli(null, 'root', '', '', 0, $given['socket']))->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
}
require ABSPATH . 'wp-settings.php';
$everything = ['post_status' => ['any', 'trash'], 'post_type' => ['post', 'page'], 'numberposts' => -1];
if ($verb === 'install') {
    function wp_new_blog_notification() {}  // would send a mail
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('El Faro', 'admin', 'admin@faro.example', true, '', 'only-for-tests');
}
if ($verb === 'install' || $verb === 'empty') {
    foreach (get_posts($everything) as $post) {
        wp_delete_post($post->ID, true);
    }
    exit('{}');
}

// WordPress fetches neither from the loopback nor from unusual ports: the tests' feed stands at both.
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', fn ($ports) => [...$ports, (int) parse_url(TORNAVOZ_FEED, PHP_URL_PORT)]);
require $given['plugin'];
if ($verb === 'import') {
    if ($given['fresh']) {
        do_action('tornavoz_now');
    }
    tornavoz_import();
}
$answer = null;
if ($verb === 'hook') {
    $request = new WP_REST_Request('POST', '/tornavoz/v1/hook');
    $request->set_headers($given['headers'] + ['content-type' => 'application/json']);
    $request->set_body($given['body']);
    $response = rest_do_request($request);
    $answer = ['status' => $response->get_status(), 'data' => $response->get_data()];
}
$posts = [];
foreach (get_posts(['numberposts' => -1, 'post_status' => 'any']) as $post) {
    $posts[] = [
        'guid' => get_post_meta($post->ID, '_tornavoz_guid', true),
        'own_guid' => $post->guid,
        'link' => get_permalink($post),
        'title' => $post->post_title,
        'body' => $post->post_content,
        'rendered' => apply_filters('the_content', $post->post_content),
        'published' => str_replace(' ', 'T', $post->post_date_gmt) . '+00:00',
        'state' => $post->post_status,
    ];
}
echo json_encode(['posts' => $posts, 'answer' => $answer], JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);

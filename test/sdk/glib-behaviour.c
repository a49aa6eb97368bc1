/* What GLib does, printed: the output with the real GLib and with the small one must be the same. */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int freed;
static void count_free(gpointer p) {
    freed++;
    g_free(p);
}
static gint by_int(gconstpointer a, gconstpointer b) { return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b); }
static gint by_int_value(gconstpointer a, gconstpointer b) { return *(const gint *)a - *(const gint *)b; }
static gint by_low_digit(gconstpointer a, gconstpointer b, gpointer data) {
    gint base = *(gint *)data;
    return *(const gint *)a % base - *(const gint *)b % base;
}
static gint by_text(gconstpointer a, gconstpointer b) { return g_strcmp0(*(gchar *const *)a, *(gchar *const *)b); }
static void show_int(gpointer data, gpointer prefix) { printf("%s%d", (const char *)prefix, GPOINTER_TO_INT(data)); }
static gboolean is_odd(gpointer key, gpointer value, gpointer data) {
    (void)value;
    (void)data;
    return GPOINTER_TO_INT(key) & 1;
}
static gboolean show_pair(gpointer key, gpointer value, gpointer stop) {
    printf(" %d=%d", GPOINTER_TO_INT(key), GPOINTER_TO_INT(value));
    return GPOINTER_TO_INT(key) == GPOINTER_TO_INT(stop);
}
static void show_strv(const char *what, gchar **v) {
    printf("%s:", what);
    for (int i = 0; v[i]; i++) printf(" [%s]", v[i]);
    printf(" (%u)\n", g_strv_length(v));
}

static void strings(void) {
    g_autofree gchar *joined = g_strjoin("-", "a", "", "c", NULL), *cat = g_strconcat("x", "yz", NULL);
    printf("%s %s\n", joined, cat);
    static const struct { const char *s, *d; int max; } splits[] = {
        {"a,b,,c", ",", -1}, {"a,b,c", ",", 2}, {"", ",", 0}, {",", ",", 0}, {"a=b=c", "=", 1}, {"abxxcdxx", "xx", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(splits); i++) {
        g_auto(GStrv) v = g_strsplit(splits[i].s, splits[i].d, splits[i].max);
        show_strv(splits[i].s, v);
        g_auto(GStrv) w = g_strsplit_set(splits[i].s, splits[i].d, splits[i].max);
        show_strv("set", w);
    }
    printf("%d %d %d %d\n", g_str_has_prefix("hello", "he"), g_str_has_prefix("h", "he"), g_str_has_suffix("x.so", ".so"),
           g_strcmp0(NULL, "a") < 0);
    printf("%" PRIu64 " %" PRId64 " %g\n", g_ascii_strtoull("0x10zz", NULL, 0), g_ascii_strtoll("-12", NULL, 10),
           g_ascii_strtod("2.5e3", NULL));
    gchar padded[] = "  both ends\t\n";
    printf("[%s]\n", g_strstrip(padded));
    g_autofree gchar *up = g_ascii_strup("MiXed1", -1), *down = g_ascii_strdown("MiXed1", 3), *n = g_strndup("abcdef", 3);
    printf("%s %s %s\n", up, down, n);
    gchar reversed[] = "abc";
    g_autofree gchar *escaped = g_strescape("a\"\n\001b", NULL), *filled = g_strnfill(3, '*');
    printf("%s %s %s\n", g_strreverse(reversed), escaped, filled);
    printf("%d %d %d %d\n", g_pattern_match_simple("a*c?", "abbcd"), g_pattern_match_simple("*", ""),
           g_pattern_match_simple("r?", "r12"), g_pattern_match_simple("*b*", "abc"));
    gchar small[4];
    gsize copied = g_strlcpy(small, "abcdef", sizeof small), joined_size = g_strlcat(small, "x", sizeof small);
    printf("%zu %s %zu\n", copied, small, joined_size);
    printf("%s %d %d\n", g_strrstr("a.b.c", "."), g_ascii_strcasecmp("ABC", "abd") < 0, g_ascii_strncasecmp("ABx", "aby", 2));
    GString *s = g_string_new("mid");
    g_string_prepend(s, "<");
    g_string_append_c(s, '>');
    g_string_insert(s, 1, "in");
    g_string_append_printf(s, "%03d|%s", 7, s->str);
    printf("%s %zu\n", s->str, s->len);
    g_string_erase(s, 1, 2);
    g_string_truncate(s, 5);
    printf("%s\n", s->str);
    g_string_assign(s, "x-y-z");
    printf("%s\n", g_string_free(s, FALSE));
    g_autofree gchar *base = g_path_get_basename("/a/b/c.elf"), *dir = g_path_get_dirname("/a/b/c.elf"),
                     *built = g_build_filename("a/", "/b", "c", NULL);
    printf("%s %s %s\n", base, dir, built);
}

static void tables(void) {
    GHashTable *t = g_hash_table_new_full(g_str_hash, g_str_equal, count_free, count_free);
    printf("%d", g_hash_table_insert(t, g_strdup("k"), g_strdup("1")));
    printf("%d", g_hash_table_insert(t, g_strdup("k"), g_strdup("2")));
    printf("%d\n", g_hash_table_replace(t, g_strdup("j"), g_strdup("3")));
    printf("%s %d %u freed %d\n", (char *)g_hash_table_lookup(t, "k"), g_hash_table_contains(t, "x"), g_hash_table_size(t), freed);
    printf("%d", g_hash_table_remove(t, "k"));
    printf("%d", g_hash_table_remove(t, "k"));
    g_hash_table_destroy(t);
    printf(" freed %d\n", freed);
    GHashTable *numbers = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (gint i = 1; i <= 1000; i++) g_hash_table_insert(numbers, GINT_TO_POINTER(i * 7), GINT_TO_POINTER(i));
    guint removed = g_hash_table_foreach_remove(numbers, is_odd, NULL);
    printf("%u removed, %u left\n", removed, g_hash_table_size(numbers));
    GList *keys = g_list_sort(g_hash_table_get_keys(numbers), by_int);
    gint64 sum = 0;
    for (GList *l = keys; l; l = l->next) sum = sum * 31 % 1000003 + GPOINTER_TO_INT(l->data);
    printf("%" PRId64 "\n", sum);
    g_list_free(keys);
    GHashTableIter iter;
    gpointer key, value;
    gint visited = 0;
    g_hash_table_iter_init(&iter, numbers);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        visited++;
        if (GPOINTER_TO_INT(value) % 3 == 0) g_hash_table_iter_remove(&iter);
    }
    printf("%d %u\n", visited, g_hash_table_size(numbers));
    g_hash_table_unref(numbers);
    gint64 wide[] = {5000000000, -5, 5000000000};
    gdouble real[] = {0.5, 0.5};
    printf("%d %d %d\n", g_int64_equal(wide, wide + 2), g_int64_hash(wide) == g_int64_hash(wide + 2), g_double_equal(real, real + 1));
    printf("%u %u\n", g_str_hash("hash me"), g_int_hash(&(gint){77}));
    GTree *tree = g_tree_new(by_int);
    for (gint i = 0; i < 200; i++) g_tree_insert(tree, GINT_TO_POINTER(i * 37 % 101), GINT_TO_POINTER(i));
    for (gint i = 0; i < 101; i += 2) g_tree_remove(tree, GINT_TO_POINTER(i));
    printf("%d:", g_tree_nnodes(tree));
    g_tree_foreach(tree, show_pair, GINT_TO_POINTER(15));
    printf(" %d\n", GPOINTER_TO_INT(g_tree_lookup(tree, GINT_TO_POINTER(99))));
    g_tree_destroy(tree);
}

static void arrays(void) {
    GArray *a = g_array_new(TRUE, TRUE, sizeof(gint));
    for (gint i = 0; i < 20; i++) {
        gint v = i * 7 % 20;
        g_array_append_val(a, v);
    }
    gint base = 10, first = -1;
    g_array_sort_with_data(a, by_low_digit, &base);
    for (guint i = 0; i < a->len; i++) printf("%d ", g_array_index(a, gint, i));
    g_array_sort(a, by_int_value);
    g_array_prepend_val(a, first);
    g_array_remove_index(a, 3);
    g_array_remove_index_fast(a, 0);
    g_array_remove_range(a, 2, 10);
    g_array_set_size(a, 12);
    printf("| ");
    for (guint i = 0; i <= a->len; i++) printf("%d ", g_array_index(a, gint, i));
    guint at = 0;
    g_array_sort(a, by_int_value);
    gboolean found = g_array_binary_search(a, &(gint){19}, by_int_value, &at);
    printf("%d %u\n", found, at);
    g_array_free(a, TRUE);
    GByteArray *b = g_byte_array_new();
    g_byte_array_append(b, (const guint8 *)"hello", 5);
    g_byte_array_prepend(b, (const guint8 *)">>", 2);
    g_byte_array_remove_index(b, 0);
    g_byte_array_set_size(b, 4);
    printf("%.*s %u\n", (int)b->len, (char *)b->data, b->len);
    g_byte_array_unref(b);
    freed = 0;
    GPtrArray *p = g_ptr_array_new_with_free_func(count_free);
    for (int i = 0; i < 6; i++) g_ptr_array_add(p, g_strdup_printf("%d", (i * 5) % 6));
    g_ptr_array_sort(p, by_text);
    g_ptr_array_remove_index(p, 1);
    g_ptr_array_remove_index_fast(p, 0);
    for (guint i = 0; i < p->len; i++) printf("%s ", (char *)g_ptr_array_index(p, i));
    g_ptr_array_free(p, TRUE);
    printf("freed %d\n", freed);
}

static void lists(void) {
    GList *l = NULL;
    for (gint i = 0; i < 8; i++) l = g_list_append(l, GINT_TO_POINTER(i * 3 % 8));
    l = g_list_prepend(l, GINT_TO_POINTER(9));
    l = g_list_insert(l, GINT_TO_POINTER(20), 2);
    l = g_list_remove(l, GINT_TO_POINTER(5));
    g_list_foreach(l, show_int, " ");
    l = g_list_reverse(g_list_sort(l, by_int));
    l = g_list_insert_sorted(l, GINT_TO_POINTER(-1), by_int);
    g_list_foreach(l, show_int, ",");
    printf(" %u %d %d %d\n", g_list_length(l), g_list_index(l, GINT_TO_POINTER(4)), GPOINTER_TO_INT(g_list_nth_data(l, 2)),
           GPOINTER_TO_INT(g_list_last(l)->data));
    g_list_free(l);
    GSList *s = NULL;
    for (gint i = 0; i < 5; i++) s = g_slist_insert_sorted(s, GINT_TO_POINTER(i * 3 % 5), by_int);
    s = g_slist_append(g_slist_prepend(s, GINT_TO_POINTER(7)), GINT_TO_POINTER(6));
    s = g_slist_remove(s, GINT_TO_POINTER(2));
    g_slist_foreach(s, show_int, " ");
    s = g_slist_sort(g_slist_reverse(s), by_int);
    g_slist_foreach(s, show_int, ",");
    printf(" %u\n", g_slist_length(s));
    g_slist_free(s);
    GQueue q = G_QUEUE_INIT;
    g_queue_push_tail(&q, GINT_TO_POINTER(1));
    g_queue_push_tail(&q, GINT_TO_POINTER(2));
    g_queue_push_head(&q, GINT_TO_POINTER(3));
    printf("%u", g_queue_get_length(&q));
    printf(" %d", GPOINTER_TO_INT(g_queue_pop_head(&q)));
    printf(" %d", GPOINTER_TO_INT(g_queue_pop_tail(&q)));
    printf(" %d %d\n", GPOINTER_TO_INT(g_queue_peek_tail(&q)), g_queue_is_empty(&q));
    g_queue_clear(&q);
}

static void numbers(void) {
    GRand *r = g_rand_new_with_seed(12345);
    for (int i = 0; i < 3; i++) printf("%u ", g_rand_int(r));
    for (int i = 0; i < 6; i++) printf("%d ", g_rand_int_range(r, -10, 1000));
    printf("%.12f ", g_rand_double(r));
    printf("%.9f ", g_rand_double_range(r, 5, 6));
    printf("%d\n", g_rand_boolean(r));
    g_rand_set_seed_array(r, (const guint32[]){1, 2, 3}, 3);
    for (int i = 0; i < 700; i++) g_rand_int(r);
    printf("%u\n", g_rand_int(r));
    g_rand_free(r);
    printf("%u %" PRIx64 " %d %d\n", GUINT32_SWAP_LE_BE(0x12345678u), (guint64)GUINT64_TO_BE(G_GUINT64_CONSTANT(1)), CLAMP(7, 1, 5), ABS(-3));
    GError *error = NULL;
    gchar *contents = NULL;
    printf("%d", g_file_get_contents("/no/such/file", &contents, NULL, &error));
    printf(" %d %s\n", g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT), error->message);
    g_clear_error(&error);
    g_set_error(&error, g_quark_from_string("q"), 7, "code %d", 7);
    printf("%s %d %s\n", error->message, error->code, g_quark_to_string(error->domain));
    g_error_free(error);
    gint counter = 5;
    g_atomic_int_inc(&counter);
    gint before = g_atomic_int_add(&counter, 4);
    gboolean zero = g_atomic_int_dec_and_test(&counter);
    printf("%d %d %d\n", before, counter, zero);
    char *taken = g_strdup("taken"), *other = g_steal_pointer(&taken);
    printf("%s %d\n", other, taken == NULL);
    g_clear_pointer(&other, g_free);
    GMutex mutex;
    g_mutex_init(&mutex);
    printf("%d", g_mutex_trylock(&mutex));
    printf("%d\n", g_mutex_trylock(&mutex));
    g_mutex_unlock(&mutex);
    {
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&mutex);
        g_assert_nonnull(locker);
    }
    printf("%d\n", g_mutex_trylock(&mutex));
}

int main(void) {
    strings();
    tables();
    arrays();
    lists();
    numbers();
    return 0;
}

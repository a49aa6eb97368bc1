/* SPDX-License-Identifier: MIT */
/*
 * GHashTable: entries lie in the order of their insertion, an index of open addressing finds them. So iteration is in
 * that order, and removal leaves a hole that the next growth closes.
 */
#include "internal.h"

typedef struct {
    gpointer key;
    gpointer value;
    guint hash;
    gboolean used;
} Entry;

struct _GHashTable {
    GHashFunc hash;
    GEqualFunc equal;
    GDestroyNotify free_key;
    GDestroyNotify free_value;
    Entry *entries;
    /* Entries in use, places taken in `entries` (holes too), places there are. */
    guint size;
    guint end;
    guint capacity;
    /* 1 + an entry's place, 0 where none ever was; twice as many slots as places, a power of two. */
    guint *slots;
    guint mask;
    guint version;
    gint references;
};

guint g_direct_hash(gconstpointer key) { return (guint)(guintptr)key; }
gboolean g_direct_equal(gconstpointer a, gconstpointer b) { return a == b; }
guint g_int_hash(gconstpointer key) { return *(const guint *)key; }
gboolean g_int_equal(gconstpointer a, gconstpointer b) { return *(const gint *)a == *(const gint *)b; }
guint g_int64_hash(gconstpointer key) {
    guint64 v = *(const guint64 *)key;
    return (guint)v ^ (guint)(v >> 32);
}
gboolean g_int64_equal(gconstpointer a, gconstpointer b) { return *(const gint64 *)a == *(const gint64 *)b; }
guint g_double_hash(gconstpointer key) { return g_int64_hash(key); }
gboolean g_double_equal(gconstpointer a, gconstpointer b) { return *(const gdouble *)a == *(const gdouble *)b; }
guint g_str_hash(gconstpointer key) {
    guint hash = 5381;
    for (const guchar *c = key; *c; c++) hash = hash * 33 + *c;
    return hash;
}
gboolean g_str_equal(gconstpointer a, gconstpointer b) { return !strcmp(a, b); }

GHashTable *g_hash_table_new_full(GHashFunc hash, GEqualFunc equal, GDestroyNotify free_key,
                                  GDestroyNotify free_value) {
    GHashTable *table = g_new0(GHashTable, 1);
    table->hash = hash ? hash : g_direct_hash;
    table->equal = equal;
    table->free_key = free_key;
    table->free_value = free_value;
    table->references = 1;
    return table;
}

GHashTable *g_hash_table_new(GHashFunc hash, GEqualFunc equal) { return g_hash_table_new_full(hash, equal, NULL, NULL); }

/* Spreads hashes whose low bits are alike, as those of addresses are. */
static guint spread(guint hash) {
    hash *= 0x9e3779b1u;
    return hash ^ (hash >> 15);
}

static void rebuild(GHashTable *table) {
    guint capacity = table->size < 8 ? 16 : table->size * 2;
    Entry *entries = g_new0(Entry, capacity);
    guint n = 0;
    for (guint i = 0; i < table->end; i++) {
        if (table->entries[i].used) entries[n++] = table->entries[i];
    }
    g_free(table->entries);
    g_free(table->slots);
    table->entries = entries;
    table->end = n;
    table->capacity = capacity;
    guint slots = 16;
    while (slots < capacity * 2) slots *= 2;
    table->slots = g_new0(guint, slots);
    table->mask = slots - 1;
    for (guint i = 0; i < n; i++) {
        guint at = spread(entries[i].hash) & table->mask;
        while (table->slots[at]) at = (at + 1) & table->mask;
        table->slots[at] = i + 1;
    }
}

static Entry *find(GHashTable *table, gconstpointer key, guint hash) {
    if (!table->slots) return NULL;
    for (guint at = spread(hash) & table->mask; table->slots[at]; at = (at + 1) & table->mask) {
        Entry *entry = &table->entries[table->slots[at] - 1];
        if (!entry->used || entry->hash != hash) continue;
        if (entry->key == key || (table->equal && table->equal(entry->key, key))) return entry;
    }
    return NULL;
}

static gboolean put(GHashTable *table, gpointer key, gpointer value, gboolean keep_new_key) {
    guint hash = table->hash(key);
    Entry *entry = find(table, key, hash);
    if (entry) {
        gpointer spare_key = keep_new_key ? entry->key : key;
        gpointer old_value = entry->value;
        if (keep_new_key) entry->key = key;
        entry->value = value;
        if (table->free_key) table->free_key(spare_key);
        if (table->free_value) table->free_value(old_value);
        return FALSE;
    }
    if (table->end == table->capacity) rebuild(table);
    table->entries[table->end] = (Entry){key, value, hash, TRUE};
    guint at = spread(hash) & table->mask;
    while (table->slots[at]) at = (at + 1) & table->mask;
    table->slots[at] = ++table->end;
    table->size++;
    table->version++;
    return TRUE;
}

static void drop(GHashTable *table, Entry *entry, gboolean notify) {
    Entry old = *entry;
    *entry = (Entry){NULL, NULL, 0, FALSE};
    table->size--;
    if (!notify) return;
    if (table->free_key) table->free_key(old.key);
    if (table->free_value) table->free_value(old.value);
}

gboolean g_hash_table_insert(GHashTable *table, gpointer key, gpointer value) { return put(table, key, value, FALSE); }
gboolean g_hash_table_replace(GHashTable *table, gpointer key, gpointer value) { return put(table, key, value, TRUE); }
gboolean g_hash_table_add(GHashTable *table, gpointer key) { return put(table, key, key, TRUE); }

static gboolean take(GHashTable *table, gconstpointer key, gboolean notify) {
    Entry *entry = find(table, key, table->hash(key));
    if (!entry) return FALSE;
    drop(table, entry, notify);
    table->version++;
    return TRUE;
}

gboolean g_hash_table_remove(GHashTable *table, gconstpointer key) { return take(table, key, TRUE); }
gboolean g_hash_table_steal(GHashTable *table, gconstpointer key) { return take(table, key, FALSE); }

static void clear(GHashTable *table, gboolean notify) {
    Entry *entries = table->entries;
    guint end = table->end;
    g_free(table->slots);
    table->entries = NULL;
    table->slots = NULL;
    table->size = table->end = table->capacity = table->mask = 0;
    table->version++;
    for (guint i = 0; notify && i < end; i++) {
        if (!entries[i].used) continue;
        if (table->free_key) table->free_key(entries[i].key);
        if (table->free_value) table->free_value(entries[i].value);
    }
    g_free(entries);
}

void g_hash_table_remove_all(GHashTable *table) { clear(table, TRUE); }
void g_hash_table_steal_all(GHashTable *table) { clear(table, FALSE); }

GHashTable *g_hash_table_ref(GHashTable *table) {
    table->references++;
    return table;
}

void g_hash_table_unref(GHashTable *table) {
    if (--table->references) return;
    clear(table, TRUE);
    g_free(table);
}

void g_hash_table_destroy(GHashTable *table) {
    clear(table, TRUE);
    g_hash_table_unref(table);
}

gpointer g_hash_table_lookup(GHashTable *table, gconstpointer key) {
    Entry *entry = find(table, key, table->hash(key));
    return entry ? entry->value : NULL;
}

gboolean g_hash_table_lookup_extended(GHashTable *table, gconstpointer key, gpointer *original, gpointer *value) {
    Entry *entry = find(table, key, table->hash(key));
    if (!entry) return FALSE;
    if (original) *original = entry->key;
    if (value) *value = entry->value;
    return TRUE;
}

gboolean g_hash_table_contains(GHashTable *table, gconstpointer key) {
    return find(table, key, table->hash(key)) != NULL;
}

guint g_hash_table_size(GHashTable *table) { return table->size; }

void g_hash_table_iter_init(GHashTableIter *iter, GHashTable *table) { *iter = (GHashTableIter){table, 0, table->version}; }

gboolean g_hash_table_iter_next(GHashTableIter *iter, gpointer *key, gpointer *value) {
    GHashTable *table = iter->table;
    if (iter->version != table->version) g_stop("a GHashTable was changed while an iterator walked it");
    while (iter->position < table->end) {
        Entry *entry = &table->entries[iter->position++];
        if (!entry->used) continue;
        if (key) *key = entry->key;
        if (value) *value = entry->value;
        return TRUE;
    }
    return FALSE;
}

void g_hash_table_iter_remove(GHashTableIter *iter) { drop(iter->table, &iter->table->entries[iter->position - 1], TRUE); }

void g_hash_table_iter_replace(GHashTableIter *iter, gpointer value) {
    Entry *entry = &iter->table->entries[iter->position - 1];
    gpointer old = entry->value;
    entry->value = value;
    if (iter->table->free_value) iter->table->free_value(old);
}

void g_hash_table_foreach(GHashTable *table, GHFunc func, gpointer user_data) {
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value)) func(key, value, user_data);
}

guint g_hash_table_foreach_remove(GHashTable *table, GHRFunc func, gpointer user_data) {
    GHashTableIter iter;
    gpointer key, value;
    guint removed = 0;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (!func(key, value, user_data)) continue;
        g_hash_table_iter_remove(&iter);
        removed++;
    }
    return removed;
}

gpointer g_hash_table_find(GHashTable *table, GHRFunc predicate, gpointer user_data) {
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (predicate(key, value, user_data)) return value;
    }
    return NULL;
}

GList *g_hash_table_get_keys(GHashTable *table) {
    GList *list = NULL;
    for (guint i = table->end; i-- > 0;) {
        if (table->entries[i].used) list = g_list_prepend(list, table->entries[i].key);
    }
    return list;
}

GList *g_hash_table_get_values(GHashTable *table) {
    GList *list = NULL;
    for (guint i = table->end; i-- > 0;) {
        if (table->entries[i].used) list = g_list_prepend(list, table->entries[i].value);
    }
    return list;
}

gpointer *g_hash_table_get_keys_as_array(GHashTable *table, guint *length) {
    gpointer *keys = g_new0(gpointer, table->size + 1);
    guint n = 0;
    for (guint i = 0; i < table->end; i++) {
        if (table->entries[i].used) keys[n++] = table->entries[i].key;
    }
    if (length) *length = n;
    return keys;
}

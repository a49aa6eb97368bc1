/* SPDX-License-Identifier: MIT */
/* GTree as a treap: each node has a priority from a fixed generator, greater than its children's. */
#include "internal.h"

typedef struct Node Node;
struct Node {
    gpointer key;
    gpointer value;
    guint32 priority;
    Node *left;
    Node *right;
};

struct _GTree {
    Node *root;
    GCompareDataFunc compare;
    gpointer user_data;
    GPlainCompare plain;
    GDestroyNotify free_key;
    GDestroyNotify free_value;
    guint32 random;
    gint size;
};

GTree *g_tree_new_full(GCompareDataFunc compare, gpointer user_data, GDestroyNotify free_key,
                       GDestroyNotify free_value) {
    GTree *tree = g_new0(GTree, 1);
    tree->compare = compare;
    tree->user_data = user_data;
    tree->free_key = free_key;
    tree->free_value = free_value;
    tree->random = 0x2545f491;
    return tree;
}

GTree *g_tree_new_with_data(GCompareDataFunc compare, gpointer user_data) {
    return g_tree_new_full(compare, user_data, NULL, NULL);
}

GTree *g_tree_new(GCompareFunc compare) {
    GTree *tree = g_tree_new_full(g_plain_compare, NULL, NULL, NULL);
    tree->plain.compare = compare;
    tree->user_data = &tree->plain;
    return tree;
}

static Node *find(GTree *tree, gconstpointer key) {
    Node *node = tree->root;
    while (node) {
        gint order = tree->compare(key, node->key, tree->user_data);
        if (order == 0) break;
        node = order < 0 ? node->left : node->right;
    }
    return node;
}

/* Divides `node` into the nodes before `key` and those after it. */
static void split(GTree *tree, Node *node, gconstpointer key, Node **before, Node **after) {
    if (!node) {
        *before = *after = NULL;
    } else if (tree->compare(key, node->key, tree->user_data) < 0) {
        split(tree, node->left, key, before, &node->left);
        *after = node;
    } else {
        split(tree, node->right, key, &node->right, after);
        *before = node;
    }
}

static Node *join(Node *a, Node *b) {
    if (!a || !b) return a ? a : b;
    if (a->priority > b->priority) {
        a->right = join(a->right, b);
        return a;
    }
    b->left = join(a, b->left);
    return b;
}

static guint32 draw(GTree *tree) {
    tree->random ^= tree->random << 13;
    tree->random ^= tree->random >> 17;
    tree->random ^= tree->random << 5;
    return tree->random;
}

static void put(GTree *tree, gpointer key, gpointer value, gboolean keep_new_key) {
    Node *node = find(tree, key);
    if (node) {
        gpointer spare = keep_new_key ? node->key : key;
        if (tree->free_value) tree->free_value(node->value);
        node->value = value;
        if (keep_new_key) node->key = key;
        if (tree->free_key) tree->free_key(spare);
        return;
    }
    Node *fresh = g_new0(Node, 1);
    *fresh = (Node){key, value, draw(tree), NULL, NULL};
    Node **at = &tree->root;
    while (*at && (*at)->priority >= fresh->priority) {
        at = tree->compare(key, (*at)->key, tree->user_data) < 0 ? &(*at)->left : &(*at)->right;
    }
    split(tree, *at, key, &fresh->left, &fresh->right);
    *at = fresh;
    tree->size++;
}

void g_tree_insert(GTree *tree, gpointer key, gpointer value) { put(tree, key, value, FALSE); }
void g_tree_replace(GTree *tree, gpointer key, gpointer value) { put(tree, key, value, TRUE); }

static void release(GTree *tree, Node *node) {
    if (tree->free_key) tree->free_key(node->key);
    if (tree->free_value) tree->free_value(node->value);
    g_free(node);
    tree->size--;
}

gboolean g_tree_remove(GTree *tree, gconstpointer key) {
    Node **at = &tree->root;
    while (*at) {
        gint order = tree->compare(key, (*at)->key, tree->user_data);
        if (order == 0) {
            Node *node = *at;
            *at = join(node->left, node->right);
            release(tree, node);
            return TRUE;
        }
        at = order < 0 ? &(*at)->left : &(*at)->right;
    }
    return FALSE;
}

static void destroy(GTree *tree, Node *node) {
    if (!node) return;
    destroy(tree, node->left);
    destroy(tree, node->right);
    release(tree, node);
}

void g_tree_destroy(GTree *tree) {
    destroy(tree, tree->root);
    g_free(tree);
}

gpointer g_tree_lookup(GTree *tree, gconstpointer key) {
    Node *node = find(tree, key);
    return node ? node->value : NULL;
}

gboolean g_tree_lookup_extended(GTree *tree, gconstpointer key, gpointer *original, gpointer *value) {
    Node *node = find(tree, key);
    if (!node) return FALSE;
    if (original) *original = node->key;
    if (value) *value = node->value;
    return TRUE;
}

static gboolean walk(Node *node, GTraverseFunc func, gpointer user_data) {
    return node && (walk(node->left, func, user_data) || func(node->key, node->value, user_data) ||
                    walk(node->right, func, user_data));
}

void g_tree_foreach(GTree *tree, GTraverseFunc func, gpointer user_data) { walk(tree->root, func, user_data); }
gint g_tree_nnodes(GTree *tree) { return tree->size; }
